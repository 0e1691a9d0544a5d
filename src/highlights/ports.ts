import type { Segment } from '../playlist/index.ts'
import type { AppError } from '../protocol/index.ts'
import type {
  Clock,
  CommandLog,
  EventDraft,
  PageOfRecords,
  RecordingRepository,
  WebhookQueue,
} from '../recording/index.ts'
import type { SegmentStore } from '../store/segment-store.ts'
import type { HighlightQuery } from './highlights.ts'
import type { HighlightRecord, RecapRecord, ShareRecord } from './record.ts'

/** What a change of a highlight writes, all of it or nothing. */
export interface HighlightChange {
  readonly record: HighlightRecord
  readonly events: readonly EventDraft[]
}

export type HighlightRecordQuery = Omit<HighlightQuery, 'cursor'> & {
  /** Only ids below this one: the page after it. */
  readonly beforeId?: string
}

/**
 * Where highlights are kept. A change and its events become visible together; `highlight.ready` and `highlight.failed`
 * also become due for the webhooks of the recording. A deleted highlight is one that is not there.
 */
export interface HighlightRepository {
  /** Writes nothing where the recording has one of this `originKey`, and returns that one with `fresh` false. */
  insert(change: HighlightChange): Promise<{ readonly record: HighlightRecord; readonly fresh: boolean }>
  find(id: string): Promise<HighlightRecord | undefined>
  /** Newest first. */
  list(query: HighlightRecordQuery): Promise<readonly HighlightRecord[]>
  /** Changes of one highlight never overlap; a `change` of undefined writes nothing. Undefined when there is none. */
  update(
    id: string,
    change: (record: HighlightRecord) => HighlightChange | undefined,
  ): Promise<HighlightRecord | undefined>
  /** Hides it for good, and deletes its shares. Undefined when there is none. `purge` ends what this begins. */
  delete(id: string, event: (record: HighlightRecord) => EventDraft): Promise<HighlightRecord | undefined>
  /** Its media are gone: what is left of it goes too, except that the `originKey` of a signal or a rule stays taken. */
  purge(id: string): Promise<void>
  /** Those that wait and whose range ends not after `untilMs`, earliest first; of one recording, or of all. */
  due(untilMs: number, recordingId?: string): Promise<readonly HighlightRecord[]>
  /** When the next one of this recording that waits ends, epoch milliseconds; undefined when none waits. */
  nextDueMs(recordingId: string): Promise<number | undefined>
  /** Those whose clip has been due since before this time. */
  cuttingSince(deadline: Date): Promise<readonly HighlightRecord[]>
  /** Deleted ones whose media may still be there. */
  unpurged(): Promise<readonly Pick<HighlightRecord, 'id' | 'recordingId'>[]>
  /** Calls back with the recording of each highlight that begins to wait; undefined when some may have been missed. */
  watch(onWaiting: (recordingId: string | undefined) => void): Disposable
}

export interface ShareRepository {
  /** Resolves with the one that has this id: with an older one, if there is. */
  insert(record: ShareRecord): Promise<ShareRecord>
  find(id: string): Promise<ShareRecord | undefined>
  /** Newest first; without a page all. */
  list(highlightId: string, page?: PageOfRecords): Promise<readonly ShareRecord[]>
  /** Keeps the first time; undefined when there is none. */
  revoke(id: string, at: Date): Promise<ShareRecord | undefined>
}

export interface RecapRepository {
  /** Resolves with the one that has this id: with an older one, if there is. */
  insert(record: RecapRecord): Promise<RecapRecord>
  find(id: string): Promise<RecapRecord | undefined>
  /** Newest first; without a page all. */
  list(recordingId: string, page?: PageOfRecords): Promise<readonly RecapRecord[]>
  /** Writes the change with its event, unless `change` is undefined. Undefined when there is none. */
  update(
    id: string,
    change: (record: RecapRecord) => { readonly record: RecapRecord; readonly event?: EventDraft } | undefined,
  ): Promise<RecapRecord | undefined>
  /** Undefined when there is none. */
  delete(id: string): Promise<RecapRecord | undefined>
  /** Those that have been rendering since before this time. */
  renderingSince(deadline: Date): Promise<readonly RecapRecord[]>
}

/** What is stored of a recording; `ended` when nothing will be added. */
export interface StoredIndex {
  readonly segments: readonly Segment[]
  readonly ended: boolean
}
export interface RecordingIndex {
  /** Undefined when nothing is stored. With `sinceMs` what begins after that wall time suffices. Errors: those of the store. */
  load(recordingId: string, options?: { readonly sinceMs: number }): Promise<StoredIndex | undefined>
}

/** Work for the clip functions. Queueing what is queued or running already changes nothing. */
export interface ClipQueue {
  enqueueClip(ids: { readonly recordingId: string; readonly highlightId: string }): Promise<void>
  enqueueRecap(ids: { readonly recordingId: string; readonly recapId: string }): Promise<void>
}

/** Logs and metrics of highlights. */
export interface HighlightObserver {
  /** `afterMs`: from the end of the post-roll, or the trigger where that is later. */
  playable(record: HighlightRecord, afterMs: number): void
  ready(record: HighlightRecord, afterMs: number): void
  failed(record: HighlightRecord): void
  recap(record: RecapRecord): void
  /** Something failed that will be tried again. */
  trouble(error: AppError, what: string, about: { readonly recordingId?: string; readonly traceId?: string }): void
}

export interface HighlightsPorts {
  readonly recordings: Pick<RecordingRepository, 'find' | 'findAny'>
  readonly highlights: HighlightRepository
  readonly shares: ShareRepository
  readonly recaps: RecapRepository
  readonly index: RecordingIndex
  readonly store: SegmentStore
  readonly commands: Pick<CommandLog, 'append'>
  readonly clipQueue: ClipQueue
  readonly webhookQueue: WebhookQueue
  readonly observer: HighlightObserver
  readonly clock: Clock
  readonly newUlid: () => string
  readonly newTraceId: () => string
  /** Signs the links of shares; a new one voids them all. */
  readonly shareSecret: string
  readonly publicUrl: string | null
}
