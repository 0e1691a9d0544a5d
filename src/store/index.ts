/**
 * Where segments, playlists, clips and manifests live: one port and its drivers for a file system and for S3. It knows
 * nothing of recordings, playlists or media types; a key is a key and bytes are bytes. Files that others write durably, and the errors
 * of the disk, are its words too.
 */
export { makeFolder, replaceFile, syncPath } from './durable.ts'
export { errnoOf, fsError, isMissing } from './fs-error.ts'
export { FsSegmentStore } from './fs-segment-store.ts'
export { openStore } from './open-store.ts'
export type * from './segment-store.ts'
