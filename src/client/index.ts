/**
 * The typed client of the API, for Node and browsers: fetch, WebSocket and the protocol, nothing else.
 * It keeps no state of the service and repeats no call by itself, except to resume a stream.
 */
export * from './create-client.ts'
export * from './event-stream.ts'
export * from './highlight-calls.ts'
export * from './http.ts'
export * from './room-connection.ts'
export * from './signal-input.ts'
