import type {
  Event,
  EventType,
  Layout,
  Recording,
  RecordingList,
  RecordingSpec,
  RecordingState,
  Signal,
  Source,
  SourcePatch,
  SourceSpec,
} from '../protocol/index.ts'

export interface RecordingQuery {
  /** From 1 to 100. */
  readonly limit: number
  /** The `nextCursor` of the page before; `request.cursor-invalid` when it is none. */
  readonly cursor?: string
  readonly states?: readonly RecordingState[]
  readonly room?: string
  /** Every pair must be equal. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * The use cases of recordings, as the API calls them. Every id that is not known gives `recording.not-found`; a call
 * that the state does not allow gives `recording.wrong-state` with the state in `details`.
 */
export interface Recordings {
  /** Checks the spec's meaning and its URLs, stores the recording as `requested`, and queues its first take. */
  start(spec: RecordingSpec): Promise<Recording>
  get(id: string): Promise<Recording>
  /** Newest first. */
  list(query: RecordingQuery): Promise<RecordingList>
  /** Resolves when the recorder has confirmed; the end comes as an event. Stopping an ended recording returns it as it is. */
  stop(id: string): Promise<Recording>
  /** Nothing is recorded until it is resumed; resolves when that is so. Before it runs it is remembered. Idempotent. */
  pause(id: string): Promise<Recording>
  /** Resolves with the first picture; before it runs at once. Idempotent. */
  resume(id: string): Promise<Recording>
  setLayout(id: string, layout: Layout): Promise<Recording>
  addSource(id: string, source: SourceSpec): Promise<Source>
  updateSource(id: string, sourceId: string, patch: SourcePatch): Promise<Source>
  removeSource(id: string, sourceId: string): Promise<void>
  sendSignals(id: string, signals: readonly Signal[]): Promise<void>
}

/** Every state change of the service in the order of its ids. */
export interface EventFeed {
  /** The newest id, 0 when there is none: what is new comes after it. */
  lastId(): Promise<number>
  /** Replays what came after `afterId`, then goes on live until aborted. Without `afterId` only what is new. */
  subscribe(options: {
    readonly afterId?: number
    readonly recordingId?: string
    readonly types?: readonly EventType[]
    readonly signal: AbortSignal
  }): AsyncIterable<Event>
}

/** Remembers the answers to POSTs by their `Idempotency-Key`, for 24 hours. */
export interface IdempotencyKeys {
  /**
   * Claims a key. `first`: run the request, then `complete` or `release` it. `replay`: answer with what is stored.
   * Throws `idempotency.conflict` for another fingerprint and `idempotency.in-progress` while the first one runs.
   */
  claim(
    key: string,
    fingerprint: string,
  ): Promise<{ readonly kind: 'first' } | { readonly kind: 'replay'; readonly status: number; readonly body: unknown }>
  complete(key: string, status: number, body: unknown): Promise<void>
  release(key: string): Promise<void>
}
