/**
 * The job engine: pg-boss queues, and the worker that runs takes as child processes and delivers webhooks. It turns
 * what a recorder says into use cases; it never records, reads a setting or knows a table.
 */
export { type ClipWorkerOptions, startClipWorker } from './clip-worker.ts'
export { startDeleteWorker } from './delete-worker.ts'
export { type Engine, type EngineDatabase, openEngine } from './engine.ts'
export type { AdmissionLimits } from './plan-admission.ts'
export { startRemovalWorker } from './removal-worker.ts'
export { createScheduleBook } from './schedule-book.ts'
export { startScheduleWorker } from './schedule-worker.ts'
export type { TakeTimes } from './take-deadlines.ts'
export { startWorker, type WorkerOptions } from './worker.ts'
