/**
 * Brings the sources of a page to the places where another page has them, so that the next take goes on with the next frame.
 * It moves players and says which frames are due; it shows, mixes and encodes nothing.
 */
export { Follower } from './follower.ts'
export { type Played, PlayWatch } from './play-watch.ts'
