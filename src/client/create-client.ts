import type {
  Event,
  Layout,
  Recording,
  RecordingList,
  RecordingSpec,
  RecordingState,
  RoomToken,
  RoomTokenRequest,
  Source,
  SourcePatch,
  SourceSpec,
} from '../protocol/index.ts'
import { type EventsOptions, followEvents } from './event-stream.ts'
import { type HighlightCalls, highlightCalls } from './highlight-calls.ts'
import { absoluteLink, type CallOptions, type ClientOptions, createHttp, type Http } from './http.ts'
import { type JoinOptions, joinRoom, type RoomConnection } from './room-connection.ts'
import type { SignalInput } from './signal-input.ts'

export interface ListOptions extends CallOptions {
  readonly limit?: number
  readonly cursor?: string
  readonly states?: readonly RecordingState[]
  readonly room?: string
  readonly metadata?: Readonly<Record<string, string>>
}

export interface Client {
  readonly recordings: {
    start(spec: RecordingSpec, options?: CallOptions): Promise<Recording>
    get(id: string, options?: CallOptions): Promise<Recording>
    list(options?: ListOptions): Promise<RecordingList>
    stop(id: string, options?: CallOptions): Promise<Recording>
    /** Resolves when nothing is recorded any more. */
    pause(id: string, options?: CallOptions): Promise<Recording>
    /** Resolves with the first picture. */
    resume(id: string, options?: CallOptions): Promise<Recording>
    /** Only a recording that has ended. Its highlights stay unless `highlights` is `delete`. */
    delete(id: string, options?: CallOptions & { readonly highlights?: 'keep' | 'delete' }): Promise<void>
    setLayout(id: string, layout: Layout, options?: CallOptions): Promise<Recording>
    addSource(id: string, source: SourceSpec, options?: CallOptions): Promise<Source>
    updateSource(id: string, sourceId: string, patch: SourcePatch, options?: CallOptions): Promise<Source>
    removeSource(id: string, sourceId: string, options?: CallOptions): Promise<void>
    /** Resolves with the signals' ids. */
    sendSignals(
      id: string,
      signals: SignalInput | readonly SignalInput[],
      options?: CallOptions,
    ): Promise<readonly string[]>
  }
  readonly highlights: HighlightCalls
  readonly rooms: {
    createToken(room: string, request: RoomTokenRequest, options?: CallOptions): Promise<RoomToken>
    /** Resolves when the connection is open; the history comes first. */
    join(room: string, options?: JoinOptions): Promise<RoomConnection>
  }
  /** Follows the service's events for ever; a broken stream is resumed after the last event. */
  events(options?: EventsOptions): AsyncIterable<Event>
  /** Lets this browser play media of a service with keys, by a cookie that scripts cannot read. */
  openSession(options?: CallOptions): Promise<void>
  /** The absolute URL of one of the links of a recording, a highlight or a recap. */
  mediaUrl(link: string): string
}

/** A client of one service. Every refusal is thrown as an `AppError` with the service's code. */
export function createClient(options: ClientOptions): Client {
  const http = createHttp(options)
  return {
    recordings: recordingCalls(http),
    highlights: highlightCalls(http),
    rooms: {
      createToken: (room, body, call) =>
        http.json({ ...call, method: 'POST', path: `/v1/rooms/${encodeURIComponent(room)}/tokens`, body }),
      join: (room, join) => joinRoom(options.baseUrl, room, join),
    },
    events: (follow) => followEvents(http, follow),
    openSession: async (call) => void (await http.send({ ...call, method: 'POST', path: '/v1/session' })),
    mediaUrl: (link) => absoluteLink(options.baseUrl, link),
  }
}

function recordingCalls(http: Http): Client['recordings'] {
  const path = (id: string, rest = '') => `/v1/recordings/${encodeURIComponent(id)}${rest}`
  const sourcePath = (id: string, sourceId: string) => path(id, `/sources/${encodeURIComponent(sourceId)}`)
  return {
    start: (body, call) => http.json({ ...call, method: 'POST', path: '/v1/recordings', body }),
    get: (id, call) => http.json({ ...call, method: 'GET', path: path(id) }),
    list({ limit, cursor, states, room, metadata = {}, ...call } = {}) {
      const filters = Object.entries(metadata).map(([key, value]) => [`metadata.${key}`, value])
      const query = { limit, cursor, state: states, room, ...Object.fromEntries(filters) }
      return http.json({ ...call, method: 'GET', path: '/v1/recordings', query })
    },
    async delete(id, { highlights, ...call } = {}) {
      await http.send({ ...call, method: 'DELETE', path: path(id), query: { highlights } })
    },
    stop: (id, call) => http.json({ ...call, method: 'POST', path: path(id, '/stop') }),
    pause: (id, call) => http.json({ ...call, method: 'POST', path: path(id, '/pause') }),
    resume: (id, call) => http.json({ ...call, method: 'POST', path: path(id, '/resume') }),
    setLayout: (id, body, call) => http.json({ ...call, method: 'PUT', path: path(id, '/layout'), body }),
    addSource: (id, body, call) => http.json({ ...call, method: 'POST', path: path(id, '/sources'), body }),
    updateSource: (id, sourceId, body, call) =>
      http.json({ ...call, method: 'PATCH', path: sourcePath(id, sourceId), body }),
    removeSource: async (id, sourceId, call) =>
      void (await http.send({ ...call, method: 'DELETE', path: sourcePath(id, sourceId) })),
    async sendSignals(id, body, call) {
      const answer = await http.json<{ ids: string[] }>({ ...call, method: 'POST', path: path(id, '/signals'), body })
      return answer.ids
    },
  }
}
