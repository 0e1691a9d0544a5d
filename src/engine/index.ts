/**
 * The job engine: pg-boss queues, and the worker that runs takes as child processes and delivers webhooks. It turns
 * what a recorder says into use cases; it never records, reads a setting or knows a table.
 */
export { type Engine, openEngine } from './job-engine.ts'
export {
  CLIP_QUEUE,
  CLIP_RETRY_LIMIT,
  type ClipJob,
  DELETE_QUEUE,
  type DeleteJob,
  FINALIZE_QUEUE,
  type FinalizeJob,
  GOES_ON_PRIORITY,
  HEARTBEAT_REFRESH_SEC,
  RECAP_QUEUE,
  REMOVAL_QUEUE,
  type RecapJobIds,
  type RemovalJob,
  SCHEDULE_QUEUE,
  type ScheduleJob,
  TAKE_QUEUE,
  type TakeJob,
  WEBHOOK_QUEUE,
  type WebhookJob,
} from './queues.ts'
export { createScheduleBook, renewSchedules } from './stored-schedules.ts'
export { logFailure, workQueue } from './work-queue.ts'
