import type { ErrorInfo } from '../../protocol/index.ts'
import { lastNumber, type RecordingRecord, type StoredTakes, storedOf, type TakeRecord } from '../record.ts'

/** The number of a take, and up to which one its worker may begin others without asking. */
export interface TakeNumbers {
  readonly number: number
  readonly reservedTo?: number
}

/** True when no recorder has the recording, or should have it. */
export function isBetweenTakes({ takes }: RecordingRecord): boolean {
  return takes.at(-1)?.endedAt !== null
}

/**
 * True when the answers of this take count: it has the recording, or had it and handed over, so that no later
 * take gets the same commands.
 */
export function mayAnswer({ takes }: RecordingRecord, number: number): boolean {
  const take = takes.find((one) => one.number === number)
  return take !== undefined && take.error === null && (take.endedAt !== null || take === takes.at(-1))
}

/** A take that begins now. It goes on with the time that nothing has happened for. */
export function newTake({ takes }: Pick<RecordingRecord, 'takes'>, numbers: TakeNumbers, now: Date): TakeRecord {
  const at = now.toISOString()
  const nothing = { endedAt: null, durationSec: 0, segments: 0, error: null, firstPictureAt: null }
  const idleForSec = takes.at(-1)?.idleForSec
  return { ...numbers, startedAt: at, aliveAt: at, ...nothing, ...(idleForSec && { idleForSec }) }
}

/** The takes with another newest one. */
export function changeTake(record: RecordingRecord, change: Partial<TakeRecord>): readonly TakeRecord[] {
  return record.takes.map((take, index) => (index === record.takes.length - 1 ? { ...take, ...change } : take))
}

const OVERTAKEN: ErrorInfo = {
  code: 'take.superseded',
  message: 'The take began while the database was away, and another worker was given the recording meanwhile.',
}

/**
 * The takes with what an earlier one stored after it had been given up, or one that was never written because another worker
 * had the recording when that was possible; undefined when that is nothing new.
 */
export function takesAfterFigures(
  { takes }: RecordingRecord,
  number: number,
  { durationSec, segments }: Pick<TakeRecord, 'durationSec' | 'segments'>,
  now: Date,
): readonly TakeRecord[] | undefined {
  const before = takes.find((take) => take.number === number) ?? overtaken(takes, number, now)
  if (before === undefined || before.segments === segments) return undefined
  const after = {
    ...before,
    durationSec,
    segments,
    ...(before.error?.code === OVERTAKEN.code && spanUntil(now, durationSec)),
  }
  return [...takes.filter((take) => take.number !== number), after].sort((a, b) => a.number - b.number)
}

/** Undefined unless the number was kept for a worker that has the recording no more. */
function overtaken(takes: readonly TakeRecord[], number: number, now: Date): TakeRecord | undefined {
  const isKept = takes.some((take) => take.number < number && number <= (take.reservedTo ?? 0))
  if (!isKept || number > lastNumber({ takes })) return undefined
  return { ...newTake({ takes: [] }, { number }, now), error: OVERTAKEN }
}

/** When it began was never written: as long before its last report as it has stored. */
function spanUntil(now: Date, durationSec: number): Pick<TakeRecord, 'startedAt' | 'endedAt'> {
  return { startedAt: new Date(now.getTime() - durationSec * 1000).toISOString(), endedAt: now.toISOString() }
}

/** A take may have counted what it stored for the one before it: the store knows whose each segment is. */
export function takesAsStored({ takes }: RecordingRecord, stored: StoredTakes): readonly TakeRecord[] {
  return takes.map((take) => ({ ...take, ...storedOf(stored, take.number) }))
}
