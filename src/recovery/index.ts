/**
 * What others do for a take or a recording whose process is gone: close its playlists, store and clear away what it left, restore its
 * row. It never records.
 */
export { type AdoptOptions, adoptLeftovers, type Overlap, takesAtWork, waitForPredecessors } from './adopt-leftovers.ts'
export { clearDeadTakes } from './clear-dead-takes.ts'
export { createFinalizer, type RecordingFinalizer } from './create-finalizer.ts'
export { finalizeRecording } from './finalize-recording.ts'
export { recoverSpoolRegularly } from './recover-spool.ts'
export { type ReindexOptions, type ReindexReport, reindex } from './reindex.ts'
export type * from './restorers.ts'
