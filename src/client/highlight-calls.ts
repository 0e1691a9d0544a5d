import type {
  Highlight,
  HighlightFilter,
  HighlightList,
  HighlightPatch,
  HighlightTrigger,
  Recap,
  RecapList,
  RecapRequest,
  Share,
  ShareList,
  ShareRequest,
} from '../protocol/index.ts'
import type { CallOptions, Http } from './http.ts'

interface PageOptions extends CallOptions {
  /** From 1 to 100, 20 without it. */
  readonly limit?: number
  /** The `nextCursor` of the page before. */
  readonly cursor?: string
}

interface HighlightListOptions extends PageOptions, HighlightFilter {}

/** The calls of highlights, their links and their recaps. */
export interface HighlightCalls {
  /** Resolves when the highlight cannot be lost any more; `highlight.ready` comes as an event. */
  trigger(recordingId: string, trigger?: HighlightTrigger, options?: CallOptions): Promise<Highlight>
  get(id: string, options?: CallOptions): Promise<Highlight>
  /** Newest first. */
  list(options?: HighlightListOptions): Promise<HighlightList>
  delete(id: string, options?: CallOptions): Promise<void>
  /** Renames it; its clip stays as it is. */
  update(id: string, patch: HighlightPatch, options?: CallOptions): Promise<Highlight>
  setFavourite(id: string, favourite: boolean, options?: CallOptions): Promise<Highlight>
  /** A new link each time; its `url` is for people. */
  share(id: string, request?: ShareRequest, options?: CallOptions): Promise<Share>
  /** Newest first. */
  shares(id: string, options?: PageOptions): Promise<ShareList>
  revokeShare(id: string, shareId: string, options?: CallOptions): Promise<void>
  recap(recordingId: string, request?: RecapRequest, options?: CallOptions): Promise<Recap>
  getRecap(id: string, options?: CallOptions): Promise<Recap>
  /** Newest first. */
  recaps(recordingId: string, options?: PageOptions): Promise<RecapList>
  deleteRecap(id: string, options?: CallOptions): Promise<void>
}

/** The calls over one connection; every id is escaped, so that no id reaches another path. */
export function highlightCalls(http: Http): HighlightCalls {
  const ofRecording = (id: string, rest: string) => `/v1/recordings/${encodeURIComponent(id)}/${rest}`
  const ofRecap = (id: string) => `/v1/recaps/${encodeURIComponent(id)}`
  const path = (id: string, rest = '') => `/v1/highlights/${encodeURIComponent(id)}${rest}`
  return {
    trigger: (id, body = {}, call) => http.json({ ...call, method: 'POST', path: ofRecording(id, 'highlights'), body }),
    get: (id, call) => http.json({ ...call, method: 'GET', path: path(id) }),
    list({ idempotencyKey: _unused, signal, recordingId, states, favourite, ...filters } = {}) {
      const flag = favourite === undefined ? undefined : String(favourite)
      const query = { ...filters, recording: recordingId, state: states, favourite: flag }
      return http.json({ method: 'GET', path: '/v1/highlights', query, ...(signal && { signal }) })
    },
    delete: async (id, call) => void (await http.send({ ...call, method: 'DELETE', path: path(id) })),
    update: (id, body, call) => http.json({ ...call, method: 'PATCH', path: path(id), body }),
    setFavourite: (id, favourite, call) =>
      http.json({ ...call, method: favourite ? 'PUT' : 'DELETE', path: path(id, '/favourite') }),
    share: (id, body = {}, call) => http.json({ ...call, method: 'POST', path: path(id, '/share'), body }),
    shares: (id, { limit, cursor, ...call } = {}) =>
      http.json({ ...call, method: 'GET', path: path(id, '/shares'), query: { limit, cursor } }),
    revokeShare: async (id, shareId, call) =>
      void (await http.send({ ...call, method: 'DELETE', path: path(id, `/shares/${encodeURIComponent(shareId)}`) })),
    recap: (id, body = {}, call) => http.json({ ...call, method: 'POST', path: ofRecording(id, 'recap'), body }),
    getRecap: (id, call) => http.json({ ...call, method: 'GET', path: ofRecap(id) }),
    deleteRecap: async (id, call) => void (await http.send({ ...call, method: 'DELETE', path: ofRecap(id) })),
    recaps: (id, { limit, cursor, ...call } = {}) =>
      http.json({ ...call, method: 'GET', path: ofRecording(id, 'recaps'), query: { limit, cursor } }),
  }
}
