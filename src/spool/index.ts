/**
 * A take's folder on this machine: segments that the store has not confirmed, append-only logs, and what dead takes left. It never
 * talks to a store.
 */
export { type AppendLog, createAppendLog } from './append-log.ts'
export { isGone } from './is-gone.ts'
export { readKeptLogs } from './kept-logs.ts'
export {
  claimFolder,
  isRecordedHere,
  listAdopted,
  listSpoolFolders,
  readAdopted,
  type SpoolFolder,
} from './leftovers.ts'
export { removeFolder, sweepSpool } from './remove-folder.ts'
export {
  forget,
  holdsLeftovers,
  markStored,
  openSpool,
  type Spool,
  type SpooledSegment,
  unplaced,
} from './spool.ts'
export { assertRoom } from './spool-room.ts'
export type { SpooledTake } from './take-file.ts'
export { chromeProfileOf } from './take-folder.ts'
