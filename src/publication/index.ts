/**
 * What players can see of a recording in its store: the playlists, written by one take at a time and read by anybody. It
 * never stores a segment, and a playlist of its never names one that is not stored.
 */
export * from './load-segments.ts'
export * from './player-view.ts'
export * from './publication.ts'
export * from './stored-text.ts'
