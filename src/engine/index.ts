/**
 * The job engine: pg-boss queues, and the worker that runs takes as child processes and delivers webhooks. It turns
 * what a recorder says into use cases; it never records, reads a setting or knows a table.
 */
export { type Engine, type EngineDatabase, openEngine } from './engine.ts'
export { type RecorderExit, type RecorderProcess, spawnRecorder } from './recorder-process.ts'
export { DEFAULT_TAKE_TIMES, runTake, type TakePorts, type TakeTimes } from './run-take.ts'
export { startWorker, type Worker, type WorkerOptions } from './worker.ts'
