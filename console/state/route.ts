import type { GalleryFilter } from './gallery.ts'

/** Where the reader is; the address bar's hash holds it, so that every view can be linked and needs no server rule. */
export type Route =
  | { readonly page: 'recordings'; readonly filter: FilterName }
  | { readonly page: 'recording'; readonly id: string }
  | { readonly page: 'highlights'; readonly filter: GalleryFilter }
  | { readonly page: 'highlight'; readonly id: string }
  | { readonly page: 'recap'; readonly id: string }

/** A route that fills the window; the others open over one of these. */
export type Ground = Exclude<Route, { readonly page: 'highlight' | 'recap' }>

export const FILTERS = ['all', 'running', 'completed', 'failed'] as const
export type FilterName = (typeof FILTERS)[number]

const ONE = /^\/(recordings|highlights|recaps)\/((?:rec|hl|rcp)_[0-9A-HJKMNP-TV-Z]{26})$/
const RECORDING_ID = /^rec_[0-9A-HJKMNP-TV-Z]{26}$/
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** The route of a hash; the list for an unknown one. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?')
  const query = new URLSearchParams(search)
  const [, noun = '', id = ''] = ONE.exec(path) ?? []
  const place = `${noun}/${id.split('_')[0]}`
  if (place === 'recordings/rec') return { page: 'recording', id }
  if (place === 'highlights/hl') return { page: 'highlight', id }
  if (place === 'recaps/rcp') return { page: 'recap', id }
  if (path === '/highlights') return { page: 'highlights', filter: parseGalleryFilter(query) }
  const wanted = query.get('show')
  return { page: 'recordings', filter: FILTERS.find((name) => name === wanted) ?? 'all' }
}

/** False for a dialog, which opens over another view. */
export function isGround(route: Route): route is Ground {
  return route.page !== 'highlight' && route.page !== 'recap'
}

export function recordingLink(id: string): string {
  return `#/recordings/${id}`
}

export function listLink(filter: FilterName): string {
  return filter === 'all' ? '#/recordings' : `#/recordings?show=${filter}`
}

export function highlightLink(id: string): string {
  return `#/highlights/${id}`
}

export function recapLink(id: string): string {
  return `#/recaps/${id}`
}

export function galleryLink(filter: GalleryFilter): string {
  const query = new URLSearchParams()
  for (const name of ['text', 'recording', 'room', 'by', 'since', 'until'] as const) {
    if (filter[name]) query.set(name, filter[name])
  }
  if (filter.favourite) query.set('favourite', 'true')
  const search = query.toString()
  return search === '' ? '#/highlights' : `#/highlights?${search}`
}

/** True when a filter leaves anything out. */
export function isNarrowed(filter: GalleryFilter): boolean {
  return galleryLink(filter) !== galleryLink({})
}

function parseGalleryFilter(query: URLSearchParams): GalleryFilter {
  const part = (name: string, pattern = /./) => {
    const value = query.get(name) ?? ''
    return pattern.test(value) ? { [name]: value } : {}
  }
  return {
    ...part('text'),
    ...part('recording', RECORDING_ID),
    ...part('room'),
    ...part('by'),
    ...part('since', DAY),
    ...part('until', DAY),
    ...(query.get('favourite') === 'true' && { favourite: true }),
  }
}
