/**
 * The tables, their migrations, and the drivers of every port that keeps something: over an embedded PGlite or a
 * Postgres server, with the same SQL. It decides nothing: what a change of a recording is, the use cases say.
 */
export type { Database } from './database.ts'
export { createHighlightRepository } from './highlights/highlight-repository.ts'
export { createRecapRepository } from './highlights/recap-repository.ts'
export { createHighlightRestorer, createRecapRestorer } from './highlights/restore-rows.ts'
export { createRetainedSegments } from './highlights/retained-segments.ts'
export { createShareRepository } from './highlights/share-repository.ts'
export { createIdempotencyKeys } from './idempotency-keys.ts'
export { openDatabase } from './open-database.ts'
export { prune } from './prune.ts'
export { createCommandLog } from './recordings/command-log.ts'
export { createDeletionLog } from './recordings/deletion-log.ts'
export { createEventLog } from './recordings/event-log.ts'
export { createRecordingRepository } from './recordings/recording-repository.ts'
export { createRecordingRestorer } from './recordings/restore-recordings.ts'
export { createStartQueue, createWorkerRegistry } from './recordings/start-queue.ts'
export { createOldHistory } from './rooms/old-history.ts'
export { createRoomHistory } from './rooms/room-history.ts'
export { createRoomPresence } from './rooms/room-presence.ts'
export { serviceSecret } from './secrets.ts'
export { createWebhookOutbox } from './webhooks/webhook-outbox.ts'
