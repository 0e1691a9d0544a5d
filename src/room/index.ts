/**
 * Reduces the signals of a class to its room: who is there, what they say, which layout, what is on the whiteboard.
 * Pure: it reads no clock, opens nothing and draws nothing, so the recorder page and the service get the same room.
 */
export { currentPage, drawingOrder, type RoomBoardPage } from './board.ts'
export { HistorySieve } from './history-sieve.ts'
export { RoomReducer, reduceRoom } from './reduce-room.ts'
export {
  type ChatMessage,
  emptyRoom,
  isActiveSpeaker,
  MAX_CHAT_MESSAGES,
  type Participant,
  participantOfSource,
  type Room,
} from './room.ts'
