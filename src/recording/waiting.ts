import { AppError, type Queued } from '../protocol/index.ts'
import type { RecordingRecord } from './record.ts'

/** A scheduled recording gets its recorder this much before its `startAt`: about what a start takes. */
export const LEAD_MS = 2000
/** When to come back with a recording that found no room: for each one that waited before it, at most five minutes. */
const RETRY_SEC = 10
const MAX_RETRY_SEC = 300

/** From when on the recording waits for a recorder. */
export function dueAt({ spec, createdAt }: Pick<RecordingRecord, 'spec' | 'createdAt'>): Date {
  const created = new Date(createdAt)
  const start = spec.startAt === undefined ? created : new Date(Date.parse(spec.startAt) - LEAD_MS)
  return start > created ? start : created
}

/** True when the recording has waited for longer than it may. */
export function isOverdue(record: RecordingRecord, now: Date, defaultQueueSec: number): boolean {
  return now.getTime() - dueAt(record).getTime() > (record.spec.maxQueueSec ?? defaultQueueSec) * 1000
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
