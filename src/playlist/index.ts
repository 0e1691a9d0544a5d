/**
 * The recording's list of segments as HLS text and back (RFC 8216). Pure: it reads no clock, no file and no store, and
 * it never decides when a segment ends; it only says how long one may be.
 */
export * from './clip-playlist.ts'
export * from './delta-update.ts'
export * from './index-playlist.ts'
export * from './live-playlist.ts'
export * from './merge-segments.ts'
export * from './parse-playlist.ts'
export * from './rolling-index.ts'
export * from './segment.ts'
export * from './target-duration.ts'
