/**
 * The typed client of the API, for Node and browsers: fetch, WebSocket and the protocol, nothing else.
 * It keeps no state of the service and repeats no call by itself, except to resume a stream.
 */
export { type Client, createClient, type ListOptions } from './create-client.ts'
export { absoluteLink } from './http.ts'
export type { RoomConnection } from './room-connection.ts'
