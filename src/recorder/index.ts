/**
 * The one-shot process that records one take: Chrome and its page, the room's signals, segments, the store, and the health of it all. Its
 * request comes in as one JSON document and its events go out as messages. It never opens a database, a queue or an HTTP API.
 */
export { findChrome } from './page/index.ts'
export { type FolderRecording, recordToFolder } from './record-to-folder.ts'
export { runRecorder } from './run.ts'
