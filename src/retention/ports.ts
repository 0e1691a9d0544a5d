import type { SegmentPlace } from '../archive/keys.ts'
import type { Deletion } from '../recording/index.ts'

/** A recording that is marked as deleted; what is left of it is still to be removed. */
export interface MarkedRecording {
  readonly id: string
  readonly deletion: Deletion
}

/** The recordings that are marked as deleted, and those that have outlived their retention. */
export interface DeletionLog {
  find(id: string): Promise<MarkedRecording | undefined>
  marked(): Promise<readonly string[]>
  /** Ended recordings that are older than their `retention.maxAgeSec`, or than the default; null: they stay for ever. */
  expired(now: Date, defaultAgeSec: number | null): Promise<readonly string[]>
  /**
   * Removes every row of the recording but those of highlights and recaps that stay, and those of its room when no other
   * recording has it.
   */
  remove(id: string): Promise<void>
}

/** The queue of deletions. Enqueueing is idempotent. */
export interface DeletionQueue {
  enqueue(recordingId: string): Promise<void>
}

/** The segments that highlights hold back from removal. */
export interface RetainedSegments {
  /** Segments that the highlights of a recording name, relative to it, for as long as they are not deleted; each once. */
  of(recordingId: string): Promise<readonly string[]>
}

/** What the stored playlists of a running or ended recording show. */
export interface StoredWindow {
  readonly first: SegmentPlace
  readonly durationSec: number
  readonly targetDurationSec: number
}
