/**
 * Reduces the signals of a class to its room: who is there, what they say, which layout, what is on the whiteboard.
 * Pure: it reads no clock, opens nothing and draws nothing, so the recorder page and the service get the same room.
 */
export * from './board.ts'
export { HistorySieve } from './history-sieve.ts'
export * from './reduce-room.ts'
export * from './room.ts'
