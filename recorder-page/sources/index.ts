/**
 * The live streams of a recording as video elements: opens them, watches them and brings them back, each on its own.
 * It never draws, mixes or encodes, never blocks the picture, and never gives up on a stream before it is disposed.
 */
export { openSource, type PageSource, type SteerChange, type TileSize } from './source.ts'
