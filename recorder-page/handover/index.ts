/**
 * Brings the sources of a standby page to the places of the running page, so that the next take continues with the next
 * frame. It moves players and tells the pacing which frames to record; it shows, mixes and encodes nothing.
 */
export { Follower } from './follower.ts'
export { type Played, PlayWatch } from './play-watch.ts'
