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
  /**
   * Takes away every row of the recording but those of highlights and recaps that stay, and of its room when no other
   * recording has it.
   */
  remove(id: string): Promise<void>
}

/** Queues the deletion of a marked recording. Queueing what is queued changes nothing. */
export interface DeletionQueue {
  enqueue(recordingId: string): Promise<void>
}

/** What is still to be made of the highlights of a recording. */
export interface ClipsToCome {
  /** True while a highlight waits for its plan: until then it may need any of the media. */
  readonly waiting: boolean
  /** Clips that are being cut, and the segments that they name, relative to the recording. */
  readonly cutting: readonly { readonly id: string; readonly segments: readonly string[] }[]
  /** True while a recap is rendered: it reads clips, and how large the pictures of the recording are. */
  readonly rendering: boolean
}

/** The highlights and recaps of a recording that is deleted. */
export interface ClipsOfDeleted {
  /** Plans what waits, where that can be done, and tells what is still to come. Errors: of the store and the database. */
  settle(recordingId: string): Promise<ClipsToCome>
  /** Names of the films of its recaps, relative to the recording. */
  outputs(recordingId: string): Promise<readonly string[]>
  /** Takes all of them away, with their shares. What is being made of them is thrown away. */
  deleteAll(recordingId: string): Promise<void>
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
