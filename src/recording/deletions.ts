import type { Deletion } from './record.ts'

/** A recording that is marked as deleted; what is left of it goes. */
export interface MarkedRecording {
  readonly id: string
  readonly deletion: Deletion
}

/** Recordings that are marked as deleted, and those whose time is over. */
export interface DeletionLog {
  find(id: string): Promise<MarkedRecording | undefined>
  marked(): Promise<readonly string[]>
  /** Ended recordings that are older than their `retention.maxAgeSec`, or than the default; null: they stay for ever. */
  expired(now: Date, defaultAgeSec: number | null): Promise<readonly string[]>
  /** Takes away every row of the recording, and of its room when no other recording has it. */
  remove(id: string): Promise<void>
}

/** Queues the deletion of a marked recording. Queueing what is queued changes nothing. */
export interface DeletionQueue {
  enqueue(recordingId: string): Promise<void>
}

/** Deletes recordings: marked at once, then object by object, then the row. An interrupted deletion goes on. */
export interface Deletions {
  /** Marks the recording: it is not found any more. Errors: `recording.not-found`, `recording.wrong-state`. */
  delete(id: string, highlights: Deletion['highlights']): Promise<void>
  /** Deletes what is left of a marked recording. False when clips still need some of it: it is to be called again. */
  run(id: string, options: { readonly signal: AbortSignal }): Promise<boolean>
  /** Marks recordings whose time is over, and queues everything that is marked. */
  sweep(): Promise<void>
}
