/**
 * The tables, their migrations, and the drivers of every port that keeps something: over an embedded PGlite or a
 * Postgres server, with the same SQL. It decides nothing: what a change of a recording is, the use cases say.
 */
export { createClipPins } from './clip-pins.ts'
export { createCommandLog } from './command-log.ts'
export { type Database, type DatabaseSettings, openDatabase } from './database.ts'
export { createDeletionLog } from './deletion-log.ts'
export { createEventLog } from './event-log.ts'
export { createHighlightRepository } from './highlight-repository.ts'
export { createIdempotencyKeys } from './idempotency-keys.ts'
export { createOldHistory } from './old-history.ts'
export { prune } from './prune.ts'
export { createRecapRepository } from './recap-repository.ts'
export { createRecordingRepository } from './recording-repository.ts'
export { createRecordingRestorer, type RecordingRestorer } from './restore-recordings.ts'
export { createHighlightRestorer, createRecapRestorer, type RowRestorer } from './restore-rows.ts'
export { createRoomHistory } from './room-history.ts'
export { createRoomPresence } from './room-presence.ts'
export { serviceSecret } from './secrets.ts'
export { createShareRepository } from './share-repository.ts'
export { createWaitingLine, createWorkerRoll } from './waiting-line.ts'
export { createWebhookOutbox } from './webhook-outbox.ts'
