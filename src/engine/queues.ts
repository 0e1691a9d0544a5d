import type { Queue } from 'pg-boss'

export const TAKE_QUEUE = 'recording.take'
export const FINALIZE_QUEUE = 'recording.finalize'
export const WEBHOOK_QUEUE = 'webhook.deliver'

/** An id only: the worker reads the recording itself, as it is when the job begins. */
export interface TakeJob {
  readonly recordingId: string
}
/** Doing it twice does no harm: whatever the store holds by then is closed. */
export interface FinalizeJob {
  readonly recordingId: string
}
/** `webhook` is the index in the `webhooks` of the recording's spec. What is due is in the outbox, not in the job. */
export interface WebhookJob {
  readonly recordingId: string
  readonly webhook: number
}

const HOUR_SEC = 3600
const DAY_SEC = 24 * HOUR_SEC
/** A worker that is silent for this long has died: its takes go to another worker, which fails and closes them. */
export const HEARTBEAT_SEC = 20

/** A take may run for the longest `maxDurationSec`, a week, and some time to begin and to end. */
export const TAKE_EXPIRE_SEC = 8 * DAY_SEC

/**
 * One take per recording, queued or running (`exclusive`); `openEngine` stretches its expiry beyond the day that
 * pg-boss accepts here. The one retry is not another take:
 * it finds the recording that a dead worker left, and closes it.
 */
const takes: Queue = {
  name: TAKE_QUEUE,
  policy: 'exclusive',
  notify: true,
  expireInSeconds: DAY_SEC,
  heartbeatSeconds: HEARTBEAT_SEC,
  retryLimit: 1,
  deleteAfterSeconds: DAY_SEC,
}

/** Playlists of recorders that died while the store was away are closed within a day of its return. */
const finalizations: Queue = {
  name: FINALIZE_QUEUE,
  policy: 'short',
  notify: true,
  expireInSeconds: 600,
  retryLimit: 100,
  retryDelay: 5,
  retryBackoff: true,
  retryDelayMax: 900,
  deleteAfterSeconds: DAY_SEC,
}

/**
 * First in, first out for each webhook of a recording; one that waits for its next attempt holds back the others. The
 * delays double from 5 s, so ten attempts take about an hour. How often is the delivery's own count: a retry that a
 * restart used up is not an attempt.
 */
const webhooks: Queue = {
  name: WEBHOOK_QUEUE,
  policy: 'key_strict_fifo',
  notify: true,
  expireInSeconds: HOUR_SEC,
  retryLimit: 1000,
  retryDelay: 5,
  retryBackoff: true,
  retryDelayMax: 2560,
  deleteAfterSeconds: HOUR_SEC,
}

export const QUEUES: readonly Queue[] = [takes, finalizations, webhooks]
