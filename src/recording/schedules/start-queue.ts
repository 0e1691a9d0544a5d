import { AppError, type Queued } from '../../protocol/index.ts'
import type { RecordingRecord } from '../record.ts'

/** A scheduled recording gets its recorder this much before its `startAt`: about what a start takes. */
export const LEAD_MS = 2000
/** A recording that no worker was there for still begins so long after its time; later its class is over. */
export const LATEST_START_MS = 10 * 60_000
/** What the caller of a recording that found no room is told to wait: for each one before it, at most five minutes. */
const RETRY_SEC = 10
const MAX_RETRY_SEC = 300

/** From when on the recording waits for a recorder. */
export function dueAt({ spec, createdAt }: Pick<RecordingRecord, 'spec' | 'createdAt'>): Date {
  const created = new Date(createdAt)
  const start = spec.startAt === undefined ? created : new Date(Date.parse(spec.startAt) - LEAD_MS)
  return start > created ? start : created
}

/** An unbroken series of checks of the queue: a wait counts against a recording only while the queue is checked. */
export interface Watch {
  readonly sinceMs: number
  readonly checkedAtMs: number
}

/** Checks further apart than this break the series: the process, or its database, was away. */
const LONGEST_BREAK_MS = 15_000

/** The series with one more check; it begins anew after a break. */
export function extendWatch(watch: Watch | undefined, now: Date): Watch {
  const checkedAtMs = now.getTime()
  const goesOn = watch !== undefined && checkedAtMs - watch.checkedAtMs <= LONGEST_BREAK_MS
  return { sinceMs: goesOn ? watch.sinceMs : checkedAtMs, checkedAtMs }
}

/**
 * True when the recording has waited for longer than it may while the queue was checked, or is due for so long that its class
 * is over.
 */
export function isOverdue(
  record: Pick<RecordingRecord, 'spec' | 'createdAt'>,
  now: Date,
  { watch, defaultQueueSec }: { readonly watch: Watch; readonly defaultQueueSec: number },
): boolean {
  const dueMs = dueAt(record).getTime()
  const patienceMs = (record.spec.maxQueueSec ?? defaultQueueSec) * 1000
  const isTired = now.getTime() - Math.max(dueMs, watch.sinceMs) > patienceMs
  return isTired || now.getTime() - dueMs > Math.max(patienceMs, LATEST_START_MS)
}

const WHY: Readonly<Record<Queued['reason'], string>> = {
  starting: 'no worker took it',
  'no-worker': 'no worker is there: start one',
  slots: 'all recorders are in use: raise `PANOREC_MAX_RECORDINGS` or add a worker',
  cpu: 'no worker has CPU left: add one, or start fewer recordings at once',
  memory: 'no worker has memory left: add one, or start fewer recordings at once',
}

/** The error of a recording that waited too long. */
export function noRoom(record: RecordingRecord, place: Pick<Queued, 'position' | 'reason'>, now: Date): AppError {
  const waitedSec = Math.round((now.getTime() - dueAt(record).getTime()) / 1000)
  const { position, reason } = place
  const retryAfterSec = Math.min(MAX_RETRY_SEC, RETRY_SEC * position)
  const message = `The recording waited ${waitedSec} s, and ${WHY[reason]}. Try again after ${retryAfterSec} s.`
  return new AppError('capacity.exhausted', message, { details: { retryAfterSec, waitedSec, position, reason } })
}
