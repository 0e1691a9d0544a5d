/**
 * The built-in signalling hub: rooms over WebSocket, their history, roles and fan-out.
 * It never reduces a room's state, never listens on a port, and knows no recording.
 */
export * from './create-hub.ts'
export * from './hub.ts'
export * from './room-history.ts'
export * from './room-presence.ts'
export * from './room-tokens.ts'
export * from './sift-histories.ts'
export * from './signal-check.ts'
