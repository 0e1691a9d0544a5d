import type { Queue } from 'pg-boss'
import type { RecordingSpec } from '../protocol/index.ts'
import type { RemovalMark } from '../retention/index.ts'

export const TAKE_QUEUE = 'recording.take'
export const FINALIZE_QUEUE = 'recording.finalize'
/** The name `recording.delete` is that of an earlier policy, which an existing queue keeps. */
export const DELETE_QUEUE = 'recording.deletion'
export const REMOVAL_QUEUE = 'recording.remove-old'
export const SCHEDULE_QUEUE = 'recording.scheduled'
/** pg-boss's own queue, through which a schedule that is due becomes a job of `SCHEDULE_QUEUE`. */
export const DUE_QUEUE = '__pgboss__send-it'
export const WEBHOOK_QUEUE = 'webhook.deliver'
export const CLIP_QUEUE = 'highlight.clip'
export const RECAP_QUEUE = 'recording.recap'

/** A recording's job carries its id only: whoever works on it reads the recording as it is then. */
interface RecordingJob {
  readonly recordingId: string
}
/** What a schedule starts; `schedule` is missing in what an earlier version has written. */
export interface ScheduleJob {
  readonly schedule?: { readonly id: string; readonly cron: string; readonly timeZone: string }
  readonly spec: RecordingSpec
}
/** `marks`: what may be removed, and when. Each run for a recording queues the next. */
interface RemovalJob extends RecordingJob {
  readonly marks: readonly RemovalMark[]
}
/** `webhook` is the index in the `webhooks` of the recording's spec. The events to deliver are in the outbox. */
export interface WebhookJob extends RecordingJob {
  readonly webhook: number
}
/** Cuts the clip of one highlight. */
interface ClipJob extends RecordingJob {
  readonly highlightId: string
}
/** Renders one recap. */
interface RecapJobIds extends RecordingJob {
  readonly recapId: string
}

/** The data of each queue's jobs. Every job is idempotent: one that was done already, or half, does no harm. */
export interface QueueJobs {
  readonly [TAKE_QUEUE]: RecordingJob
  readonly [FINALIZE_QUEUE]: RecordingJob
  readonly [DELETE_QUEUE]: RecordingJob
  readonly [REMOVAL_QUEUE]: RemovalJob
  readonly [SCHEDULE_QUEUE]: ScheduleJob
  readonly [WEBHOOK_QUEUE]: WebhookJob
  readonly [CLIP_QUEUE]: ClipJob
  readonly [RECAP_QUEUE]: RecapJobIds
}
export type QueueName = keyof QueueJobs

const HOUR_SEC = 3600
const DAY_SEC = 24 * HOUR_SEC
/** A worker without a heartbeat for this long has died: its recordings go on at another worker. pg-boss takes no less. */
export const HEARTBEAT_SEC = 10

/** The jobs of recordings that have begun come before those that wait for their first take. */
export const GOES_ON_PRIORITY = 1

/** A take may run for the longest `maxDurationSec`, a week, and some time to begin and to end. */
export const TAKE_EXPIRE_SEC = 8 * DAY_SEC

/**
 * One job per open recording, queued or running (`exclusive`), whatever the number of its takes; `openEngine` sets its expiry,
 * for which pg-boss accepts no more than a day here. A retry is another worker that goes on with the recording.
 */
const takes: Queue = {
  name: TAKE_QUEUE,
  policy: 'exclusive',
  notify: true,
  heartbeatSeconds: HEARTBEAT_SEC,
  retryLimit: 10_000,
  retryDelay: 0,
  deleteAfterSeconds: DAY_SEC,
}

/** Playlists of recorders that died while the store was away are closed within a day of its return. */
const finalizations: Queue = {
  name: FINALIZE_QUEUE,
  policy: 'short',
  notify: true,
  expireInSeconds: 600,
  heartbeatSeconds: HEARTBEAT_SEC,
  retryLimit: 100,
  retryDelay: 5,
  retryBackoff: true,
  retryDelayMax: 900,
  deleteAfterSeconds: DAY_SEC,
}

/**
 * First in, first out for each webhook of a recording; one that waits for its next attempt holds back the others. The
 * delays double from 5 s, so ten attempts take about an hour; a job that was repeated settles one event, so that the next begins at 5 s. How often is the delivery's own count: a retry that a
 * restart used up is not an attempt. Without the heartbeat a worker that died would hold a webhook back for an hour.
 */
const webhooks: Queue = {
  name: WEBHOOK_QUEUE,
  policy: 'key_strict_fifo',
  notify: true,
  expireInSeconds: HOUR_SEC,
  heartbeatSeconds: HEARTBEAT_SEC,
  retryLimit: 1000,
  retryDelay: 5,
  retryBackoff: true,
  retryDelayMax: 2560,
  deleteAfterSeconds: HOUR_SEC,
}

/** Attempts after the first, over about a minute. */
export const CLIP_RETRY_LIMIT = 5

/** One job for each highlight, queued or running. A clip takes seconds; a worker that died is noticed by its heartbeat. */
const clips: Queue = {
  name: CLIP_QUEUE,
  policy: 'exclusive',
  notify: true,
  expireInSeconds: 600,
  heartbeatSeconds: HEARTBEAT_SEC,
  retryLimit: CLIP_RETRY_LIMIT,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 30,
  deleteAfterSeconds: HOUR_SEC,
}

/** A recap encodes every picture of its clips. */
const recaps: Queue = { ...clips, name: RECAP_QUEUE, expireInSeconds: 4 * HOUR_SEC }

/**
 * One job for each recording, queued, running or waiting for its next try: all that is marked is queued again and again. A
 * store that is away, or a clip that is not cut yet, holds a deletion up for as long as it takes.
 */
const deletions: Queue = {
  name: DELETE_QUEUE,
  policy: 'exclusive',
  notify: true,
  expireInSeconds: 6 * HOUR_SEC,
  heartbeatSeconds: HEARTBEAT_SEC,
  retryLimit: 1000,
  retryDelay: 5,
  retryBackoff: true,
  retryDelayMax: 900,
  deleteAfterSeconds: HOUR_SEC,
}

/** `short`: a run queues the next one while it is still at work. */
const removals: Queue = { ...deletions, name: REMOVAL_QUEUE, policy: 'short' }

/** A start is tried again until it succeeds or is too late: then it makes a failed recording with the reason. */
const schedules: Queue = {
  name: SCHEDULE_QUEUE,
  policy: 'standard',
  notify: true,
  expireInSeconds: 600,
  heartbeatSeconds: HEARTBEAT_SEC,
  retryLimit: 1000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 15,
  deleteAfterSeconds: HOUR_SEC,
}

export const QUEUES: readonly Queue[] = [takes, finalizations, webhooks, clips, recaps, deletions, removals, schedules]
