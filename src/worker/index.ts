/**
 * Who runs recordings, take by take, and cuts clips: it starts the one-shot processes, supervises them and turns their messages into
 * use cases. It never records, reads a setting or knows a table.
 */
export { type ClipWorkerOptions, startClipWorker } from './clips/clip-worker.ts'
export { startDeleteWorker } from './delete-worker.ts'
export { startRemovalWorker } from './removal-worker.ts'
export { startScheduleWorker } from './schedule-worker.ts'
export { startWorker, type WorkerOptions } from './start-worker.ts'
export { SweepGate } from './sweep-gate.ts'
export { DEFAULT_WORKER_TIMES, EMBEDDED_WORKER_TIMES, type WorkerTimes } from './worker-times.ts'
