/** Where the reader is; the address bar's hash holds it, so that every view can be linked and needs no server rule. */
export type Route =
  | { readonly page: 'recordings'; readonly filter: FilterName }
  | { readonly page: 'recording'; readonly id: string }

export const FILTERS = ['all', 'running', 'completed', 'failed'] as const
export type FilterName = (typeof FILTERS)[number]

/** Anything that is not understood leads to the list. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?')
  const id = /^\/recordings\/(rec_[0-9A-HJKMNP-TV-Z]{26})$/.exec(path)?.[1]
  if (id !== undefined) return { page: 'recording', id }
  const wanted = new URLSearchParams(query).get('show')
  return { page: 'recordings', filter: FILTERS.find((name) => name === wanted) ?? 'all' }
}

export function recordingLink(id: string): string {
  return `#/recordings/${id}`
}

export function listLink(filter: FilterName): string {
  return filter === 'all' ? '#/recordings' : `#/recordings?show=${filter}`
}
