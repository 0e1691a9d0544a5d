import type { ErrorInfo } from '../../protocol/index.ts'
import { applyReport, beginTake, type TakeReport } from '../changes.ts'
import { lastNumber, nextTakeNumber, type RecordingRecord, unreservedTakeNumber } from '../record.ts'
import type { TakeNumbers } from './takes-of-record.ts'

/** The end of a take that nobody had asked to end, and what it had stored by then. */
export interface BrokenTake {
  readonly take: number
  readonly at: string
  readonly error: ErrorInfo
  readonly progress: Extract<TakeReport, { type: 'progress' }>
}

/**
 * What a worker saw last of the recordings that it has, so that their next takes need not wait for a database that is away. The
 * number of such a take was kept for the worker when it began an earlier one: if another worker is given the recording
 * meanwhile, its take has a higher number, and the store's fence obeys that one.
 */
export interface OfflineTakes {
  /** This worker began the newest take of the recording. */
  began(record: RecordingRecord): void
  /** Whether this worker began the newest take of the recording, for all it knows. */
  isOwn(record: RecordingRecord): boolean
  /** The recording changed; what is older than what is foreseen is no news. */
  changed(record: RecordingRecord): void
  /** The recording is not this worker's, or not any more. */
  forget(recordingId: string): void
  /** What the recording's next take is numbered; undefined when `number` is asked for and is not this worker's to give. */
  numbers(record: RecordingRecord, number?: number): TakeNumbers | undefined
  /** The recording as it will be once the end of this take is written; undefined when this worker cannot know. */
  interrupted(recordingId: string, broken: BrokenTake, now: Date): RecordingRecord | undefined
  /** That recording as it will be once its next take is written; undefined when no number is left. */
  begin(record: RecordingRecord, now: Date): RecordingRecord | undefined
}

/** `kept`: so many takes of a recording may follow each other before the database is back; 0 where it is never away. */
export function createOfflineTakes(kept: number): OfflineTakes {
  const seen = new Map<string, RecordingRecord>()
  const numbered = (number: number): TakeNumbers => ({ number, ...(kept > 0 && { reservedTo: number + kept }) })
  const seenNumber = (id: string): number => lastNumber(seen.get(id) ?? { takes: [] })
  const isOwn = (record: RecordingRecord): boolean => seenNumber(record.id) === lastNumber(record)
  const isNews = (record: RecordingRecord): boolean => lastNumber(record) >= seenNumber(record.id)
  return {
    began(record) {
      if (isNews(record)) seen.set(record.id, record)
    },
    isOwn,
    changed(record) {
      if (seen.has(record.id) && isNews(record)) seen.set(record.id, record)
    },
    forget: (recordingId) => void seen.delete(recordingId),
    numbers(record, number) {
      if (number !== undefined) return isReserved(record, number) ? numbered(number) : undefined
      return numbered(isOwn(record) ? nextTakeNumber(record) : unreservedTakeNumber(record))
    },
    interrupted(recordingId, { take, at, error, progress }, now) {
      const before = seen.get(recordingId)
      if (before === undefined || lastNumber(before) !== take) return undefined
      const stored = applyReport(before, take, progress, now)?.record ?? before
      return applyReport(stored, take, { type: 'interrupted', at, error }, now)?.record
    },
    begin(record, now) {
      const number = nextTakeNumber(record)
      const { reservedTo = 0 } = record.takes.at(-1) ?? {}
      if (number > reservedTo) return undefined
      const next = beginTake(record, now, { number, reservedTo }).record
      seen.set(record.id, next)
      return next
    },
  }
}

/** Kept for the worker of the newest take, and above all that were given. */
function isReserved(record: RecordingRecord, number: number): boolean {
  return number >= nextTakeNumber(record) && number <= (record.takes.at(-1)?.reservedTo ?? 0)
}
