import { AppError, type Queued } from '../../protocol/index.ts'
import type { RecordingRecord } from '../record.ts'

/** A scheduled recording gets its recorder this much before its `startAt`: about what a start takes. */
export const LEAD_MS = 2000
/** So long after its time a recording still begins that nobody was there for; later its class is over. */
export const LATEST_START_MS = 10 * 60_000
/** When to come back with a recording that found no room: for each one that waited before it, at most five minutes. */
const RETRY_SEC = 10
const MAX_RETRY_SEC = 300

/** From when on the recording waits for a recorder. */
export function dueAt({ spec, createdAt }: Pick<RecordingRecord, 'spec' | 'createdAt'>): Date {
  const created = new Date(createdAt)
  const start = spec.startAt === undefined ? created : new Date(Date.parse(spec.startAt) - LEAD_MS)
  return start > created ? start : created
}

/** Somebody who looks again and again at what waits, so that a wait without anybody there is not held against it. */
export interface Watch {
  readonly sinceMs: number
  readonly lookedAtMs: number
}

/** Looks further apart than this leave a time in which nobody was there: the process, or its database, was away. */
const LONGEST_LOOK_MS = 15_000

/** The watch with one more look, which begins anew after a time without looks. */
export function lookAgain(watch: Watch | undefined, now: Date): Watch {
  const lookedAtMs = now.getTime()
  const goesOn = watch !== undefined && lookedAtMs - watch.lookedAtMs <= LONGEST_LOOK_MS
  return { sinceMs: goesOn ? watch.sinceMs : lookedAtMs, lookedAtMs }
}

/**
 * True when the recording has waited for longer than it may while somebody watched, or is due for so long that its class is
 * over.
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

/** What a recording fails with that waited in vain. */
export function noRoom(record: RecordingRecord, place: Pick<Queued, 'position' | 'reason'>, now: Date): AppError {
  const waitedSec = Math.round((now.getTime() - dueAt(record).getTime()) / 1000)
  const { position, reason } = place
  const retryAfterSec = Math.min(MAX_RETRY_SEC, RETRY_SEC * position)
  const message = `The recording waited ${waitedSec} s, and ${WHY[reason]}. Try again after ${retryAfterSec} s.`
  return new AppError('capacity.exhausted', message, { details: { retryAfterSec, waitedSec, position, reason } })
}
