import type {
  AppError,
  ErrorInfo,
  Event,
  EventType,
  Queued,
  QueueReason,
  RecorderCommandBody,
  RecordingState,
  Signal,
  Signalling,
} from '../protocol/index.ts'
import type { RecordingRecord, StoredTakes, Verdict } from './record.ts'

/** An event before it is written: the database gives it its id. */
export type EventDraft = Event extends infer E ? (E extends { id: number } ? Omit<E, 'id'> : never) : never

/** What a change of a recording writes, all of it or nothing. */
export interface Change {
  readonly record: RecordingRecord
  readonly events: readonly EventDraft[]
}

interface RecordQuery {
  readonly limit: number
  /** Only ids below this one: the page after it. */
  readonly beforeId?: string
  readonly states?: readonly RecordingState[]
  readonly room?: string
  readonly metadata?: Readonly<Record<string, string>>
  /** Only recordings that wait for a recorder since then, or began to before. */
  readonly dueBefore?: Date
}

/** A command as it waits for its recorder. `seq` orders the commands of the service. */
interface StoredCommand {
  readonly id: string
  readonly seq: number
  readonly recordingId: string
  readonly command: RecorderCommandBody
  /** True when the recording already shows what the command asks for, so that its answer changes nothing. */
  readonly applied: boolean
  /** The recorder's answer; undefined while there is none. */
  readonly answer: { readonly error: ErrorInfo | null } | undefined
}

/**
 * Where recordings are kept. A change and its events become visible together, and events in the order of their ids.
 * A recording's events of type `recording.state`, `recording.warning` and `source.state` also become due for each of its webhooks.
 * Errors: `recording.not-found`, `database.unavailable` (retryable).
 */
export interface RecordingRepository {
  /** False, and nothing is written, where there is one of this id already. */
  insert(change: Change): Promise<boolean>
  find(id: string): Promise<RecordingRecord>
  /** One that is marked as deleted too: its row stays for as long as something needs its media. */
  findAny(id: string): Promise<RecordingRecord>
  /** Newest first. */
  list(query: RecordQuery): Promise<readonly RecordingRecord[]>
  /** Changes of one recording never overlap. `change` is pure; undefined writes nothing. */
  update(id: string, change: (record: RecordingRecord) => Change | undefined): Promise<RecordingRecord>
  countByState(): Promise<Readonly<Partial<Record<RecordingState, number>>>>
}

/** Commands on their way to recorders that may run under another process. */
export interface CommandLog {
  /** A command whose id is there already changes nothing. */
  append(command: Omit<StoredCommand, 'seq' | 'answer'>): Promise<void>
  find(id: string): Promise<StoredCommand | undefined>
  /** Commands of the recording after `afterSeq` that have no answer yet, oldest first. */
  pending(recordingId: string, afterSeq: number): Promise<readonly StoredCommand[]>
  /** Every signal that was ever sent to the recording as a command, oldest first: a later take has to know them too. */
  signals(recordingId: string): Promise<readonly Signal[]>
  answer(id: string, answer: { readonly error: ErrorInfo | null }): Promise<void>
  /** Calls back when commands of the recording may have come; may call without reason, never misses one. */
  watch(recordingId: string, onCommand: () => void): Disposable
  /** Resolves when the command has its answer, with undefined after the time-out. */
  waitForAnswer(id: string, timeoutMs: number): Promise<{ readonly error: ErrorInfo | null } | undefined>
}

/** Every event that was written, in the order of ids. */
export interface EventLog {
  /** The newest id; 0 when there is none. */
  lastId(): Promise<number>
  after(
    id: number,
    filter: { readonly recordingId?: string; readonly types?: readonly EventType[]; readonly limit: number },
  ): Promise<readonly Event[]>
  /** Calls back when events may have come; may call without reason, never misses one. */
  watch(onEvent: () => void): Disposable
}

/** Why a worker takes no recording now. */
export type Refusal = Exclude<QueueReason, 'starting' | 'no-worker'>

/** The registry of workers, as one of them writes it. */
export interface WorkerRegistry {
  /** This worker lives; a refusal says why it takes no more recordings. Counts for ten seconds. */
  heartbeat(refusal: Refusal | null): Promise<void>
  /** This worker ends. */
  deregister(): Promise<void>
}

/** The recordings that wait for a worker. */
export interface StartQueue {
  /** The place of each of these recordings in the line, from 1, and why it waits. Those that do not wait are left out. */
  places(ids: readonly string[]): Promise<ReadonlyMap<string, Pick<Queued, 'position' | 'reason'>>>
}

/** Queues of work for a worker. Queueing what is queued already changes nothing. */
export interface TakeQueue {
  /** `goesOn`: the recording has begun and comes before those that have not, on a machine without room for more too. */
  enqueue(recordingId: string, options?: { readonly goesOn: boolean }): Promise<void>
  /** Those of these recordings that nothing is queued or done for. */
  withoutJob(recordingIds: readonly string[]): Promise<readonly string[]>
  /** Closes a recording that no recorder has any more. */
  enqueueClose(recordingId: string): Promise<void>
  /** Starts the regular removal of what has left the playlists of a rolling recording. */
  enqueueRemoval(recordingId: string): Promise<void>
}
export interface WebhookQueue {
  /** There is something due for this webhook of the recording. Never throws: what is due is also found later. */
  enqueue(recordingId: string, webhook: number): Promise<void>
}

/** Refuses URLs that the service may not call: `url.invalid`, `url.private-address`, `url.unresolvable`, naming `field`. */
export interface OutboundPolicy {
  check(url: string, options: { readonly protocols: readonly string[]; readonly field?: string }): Promise<unknown>
}

/** How a recorder joins a room of the built-in hub. */
export interface RoomAccess {
  signallingFor(room: string, recordingId: string): Signalling | Promise<Signalling>
}
/** Resolves when the signals are in the room's history, so that a recorder which joins later gets them too. */
export interface RoomSignals {
  publish(room: string, signals: readonly Signal[]): Promise<void>
}

/** Closes the playlists of a recording that no recorder closes; resolves with what of it plays. Idempotent. */
export interface Finalizer {
  finalize(recordingId: string, verdict: Verdict): Promise<StoredTakes>
}

export type Clock = () => Date

/** Something failed without which the call goes on. */
export type OnTrouble = (error: AppError, what: string, about: { readonly recordingId: string }) => void

/** Whether anything is still to be done, and when that may have changed. */
export interface OpenWork {
  /** A recording that has not ended, a clip or a recap that is not made, media of a highlight that are not deleted. */
  hasAny(): Promise<boolean>
  watch(onNews: () => void): Disposable
}
