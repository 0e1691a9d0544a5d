import type { ErrorInfo } from '../../protocol/index.ts'
import { applyReport, beginTake, type TakeReport } from '../changes.ts'
import { lastNumber, nextTakeNumber, type RecordingRecord, unreservedTakeNumber } from '../record.ts'
import type { TakeNumbers } from './takes-of-record.ts'

/** The end of a take that was not asked to end, and what it had stored by then. */
export interface BrokenTake {
  readonly take: number
  readonly at: string
  readonly error: ErrorInfo
  readonly progress: Extract<TakeReport, { type: 'progress' }>
}

/**
 * The newest record of each recording that this worker runs, so that its next takes need not wait for a database that is away.
 * Their numbers were reserved for the worker when it began an earlier take: another worker that is given the recording
 * meanwhile begins a take with a higher number, and the store's fence lets only that one write.
 */
export class OfflineTakes {
  /** So many takes of a recording may follow each other before the database is back; 0 where it is never away. */
  readonly #reserved: number
  readonly #records = new Map<string, RecordingRecord>()

  constructor(reserved: number) {
    this.#reserved = reserved
  }

  /** This worker began the newest take of the recording. */
  adopt(record: RecordingRecord): void {
    if (this.#isNews(record)) this.#records.set(record.id, record)
  }

  /** The recording changed; a record that is older than a take which began offline is ignored. */
  update(record: RecordingRecord): void {
    if (this.#records.has(record.id) && this.#isNews(record)) this.#records.set(record.id, record)
  }

  /** The recording is not this worker's, or not any more. */
  forget(recordingId: string): void {
    this.#records.delete(recordingId)
  }

  /** True when this worker began the newest take of the recording, as far as it knows. */
  isOwn(record: RecordingRecord): boolean {
    return this.#knownNumber(record.id) === lastNumber(record)
  }

  /** The numbers of the recording's next take; undefined when `number` is asked for and is not reserved for this worker. */
  numbers(record: RecordingRecord, number?: number): TakeNumbers | undefined {
    if (number !== undefined) return isReserved(record, number) ? this.#withReserve(number) : undefined
    return this.#withReserve(this.isOwn(record) ? nextTakeNumber(record) : unreservedTakeNumber(record))
  }

  /** The recording as it will be once the end of this take is written; undefined when this worker cannot know. */
  interrupt(recordingId: string, { take, at, error, progress }: BrokenTake, now: Date): RecordingRecord | undefined {
    const before = this.#records.get(recordingId)
    if (before === undefined || lastNumber(before) !== take) return undefined
    const stored = applyReport(before, take, progress, now)?.record ?? before
    return applyReport(stored, take, { type: 'interrupted', at, error }, now)?.record
  }

  /** That recording as it will be once its next take is written; undefined when no reserved number is left. */
  begin(record: RecordingRecord, now: Date): RecordingRecord | undefined {
    const number = nextTakeNumber(record)
    const { reservedTo = 0 } = record.takes.at(-1) ?? {}
    if (number > reservedTo) return undefined
    const next = beginTake(record, now, { number, reservedTo }).record
    this.#records.set(record.id, next)
    return next
  }

  #isNews(record: RecordingRecord): boolean {
    return lastNumber(record) >= this.#knownNumber(record.id)
  }

  #knownNumber(id: string): number {
    return lastNumber(this.#records.get(id) ?? { takes: [] })
  }

  #withReserve(number: number): TakeNumbers {
    return { number, ...(this.#reserved > 0 && { reservedTo: number + this.#reserved }) }
  }
}

/** Reserved for the worker of the newest take, and above all that were given. */
function isReserved(record: RecordingRecord, number: number): boolean {
  return number >= nextTakeNumber(record) && number <= (record.takes.at(-1)?.reservedTo ?? 0)
}
