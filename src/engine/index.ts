/**
 * The job engine: queues and stored schedules over pg-boss. It decides nothing, works on nothing by itself and knows no worker;
 * whoever works on a queue asks it for jobs.
 */
export { DEFAULT_ENGINE_TIMES, type EngineTimes } from './engine-times.ts'
export { type Engine, openEngine } from './job-engine.ts'
export {
  CLIP_QUEUE,
  CLIP_RETRY_LIMIT,
  DELETE_QUEUE,
  FINALIZE_QUEUE,
  GOES_ON_PRIORITY,
  type QueueJobs,
  RECAP_QUEUE,
  REMOVAL_QUEUE,
  SCHEDULE_QUEUE,
  type ScheduleJob,
  TAKE_QUEUE,
  WEBHOOK_QUEUE,
} from './queues.ts'
export type { StoredSchedules } from './stored-schedules.ts'
export type { Job, QueueConsumer } from './work-queue.ts'
