/**
 * The one-shot process that does one take of a recording: Chrome, the link to its page, segments, the store. Its request
 * comes in as one JSON document and its events go out as messages; it knows no database, no queue and no HTTP API.
 */
export { findChrome } from './chrome-path.ts'
export { clearDeadTakes } from './clear-dead-takes.ts'
export { createFinalizer, type RecordingFinalizer } from './create-finalizer.ts'
export { loadDeletion, sealDeleted } from './fence.ts'
export { type FinalizedRecording, finalizeRecording } from './finalize-recording.ts'
export { isRecordedHere } from './leftovers.ts'
export { loadManifest, type Manifest } from './manifest.ts'
export { type FolderRecording, type RecordToFolderOptions, recordToFolder } from './record-to-folder.ts'
export type { RecorderIo, RecorderLogger } from './recorder-io.ts'
export { recoverSpoolRegularly } from './recover-spool.ts'
export { runRecorder } from './run.ts'
export type { SignalLine } from './signal-lines.ts'
