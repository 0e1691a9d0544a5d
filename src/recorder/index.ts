/**
 * The one-shot process that does one take of a recording: Chrome, the link to its page, segments, the store. Its request
 * comes in as one JSON document and its events go out as messages; it knows no database, no queue and no HTTP API.
 */
export { findChrome } from './page/chrome-path.ts'
export { type FolderRecording, recordToFolder } from './record-to-folder.ts'

export { runRecorder } from './run.ts'
