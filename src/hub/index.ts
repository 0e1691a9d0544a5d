/**
 * The built-in signalling hub: rooms over WebSocket, their history, roles and fan-out.
 * It never reduces a room's state, never listens on a port, and knows no recording.
 */
export { createHub } from './create-hub.ts'
export type { Hub, HubLimits } from './hub.ts'
export type { RoomHistory } from './room-history.ts'
export type { RoomPresence } from './room-presence.ts'
export { createRoomTokens, type RoomTokens } from './room-tokens.ts'
export { siftHistories } from './sift-histories.ts'
export { checkSignal, checkSignalSize } from './signal-check.ts'
