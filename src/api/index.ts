/**
 * The HTTP front door: authentication, validation, problem documents, media, events and the API reference.
 * It calls use cases and ports only; it never starts a recorder, runs media tools, reads a setting or opens a database.
 */
export * from './app.ts'
export * from './dependencies.ts'
export * from './status-app.ts'
