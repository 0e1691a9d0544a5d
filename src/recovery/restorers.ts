import type { HighlightRecord, RecapRecord } from '../highlights/index.ts'
import type { RecordingRecord } from '../recording/index.ts'

/** Restores the rows of recordings from what the store says of them. */
export interface RecordingRestorer {
  /** True also for a recording that was deleted: its row is what keeps it so. */
  knows(id: string): Promise<boolean>
  /** Writes the row unless there is one, whatever it says, and no event. False when there was one. */
  restore(record: RecordingRecord): Promise<boolean>
}

/** Restores rows of what was made of a recording, from what the store says of them. */
export interface RowRestorer<Row> {
  /** Ids of all rows of a recording, also of those whose deletion has not ended. */
  knownOf(recordingId: string): Promise<ReadonlySet<string>>
  /** Writes the row unless there is one, whatever it says, and no event. False when there was one. */
  restore(record: Row): Promise<boolean>
}

/** The drivers that `reindex` writes with. */
export interface Restorers {
  readonly recordings: RecordingRestorer
  readonly highlights: RowRestorer<HighlightRecord>
  readonly recaps: RowRestorer<RecapRecord>
}
