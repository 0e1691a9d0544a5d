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
import type { PageQuery } from './cursor.ts'

export interface RecordingQuery extends PageQuery {
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
  /**
   * Checks the spec's meaning and its URLs, stores the recording as `requested`, and queues its first take. With `once` it starts
   * one recording, however often it is called.
   */
  start(spec: RecordingSpec, once?: Once): Promise<Recording>
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
  /** With `once` a source that is there already, and the same, is the one that was added. */
  addSource(id: string, source: SourceSpec, once?: Once): Promise<Source>
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

/** The same for a call and each of its repetitions: what it makes is made under these, and so once. */
export interface Once {
  /** `api-` and hexadecimal digits. */
  readonly key: string
  readonly ulid: string
}

/** An `Idempotency-Key` is its caller's own: those of two callers have nothing to do with each other. */
interface IdempotentCall {
  readonly caller: string
  readonly key: string
}

/** Remembers the answers to POSTs by their `Idempotency-Key`, for 24 hours. */
export interface IdempotencyKeys {
  /**
   * Claims a key. `first`: run the request, then `complete` or `release` it; `since` is the time of the first claim for this
   * fingerprint, also when that one was released. `replay`: answer with what is stored.
   * Throws `idempotency.conflict` for another fingerprint and `idempotency.in-progress` while the first one runs.
   */
  claim(
    call: IdempotentCall,
    fingerprint: string,
  ): Promise<
    | { readonly kind: 'first'; readonly since: Date }
    | { readonly kind: 'replay'; readonly status: number; readonly body: unknown }
  >
  complete(call: IdempotentCall, status: number, body: unknown): Promise<void>
  release(call: IdempotentCall): Promise<void>
}
