/**
 * A recording in its store: the layout (keys.ts), the playlists, written by one take at a time and read by anybody, the manifest, the
 * signals, and the fence that keeps superseded takes from writing them. It never stores a segment, and a playlist of its never
 * names one that is not stored.
 */
export { type FencedStore, fenceStore, loadDeletion, sealDeleted, sealRecording } from './fence.ts'
export { type FinalizeLock, takeFinalizeLock } from './finalize-lock.ts'
export { loadSegments, loadWindow, type StoredSegments } from './load-segments.ts'
export {
  buildManifest,
  closeManifest,
  loadManifest,
  type Manifest,
  type RecordingEnd,
  storeManifest,
  type TakeProgress,
} from './manifest.ts'
export { playerView } from './player-view.ts'
export { createPublication, loadPublication, type Publication, startOf } from './publication.ts'
export { type KeptLog, type KeptSignal, keysOf, mergeSignals, placeSignals, type SignalLine } from './signal-lines.ts'
export { getText, putText } from './stored-text.ts'
