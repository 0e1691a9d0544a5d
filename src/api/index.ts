/**
 * The HTTP front door: authentication, validation, problem documents, media, events and the API reference.
 * It calls use cases and ports only; it never starts a recorder, runs media tools, reads a setting or opens a database.
 */
export { buildApp } from './app.ts'
export type { ApiDependencies, HealthCheck } from './dependencies.ts'
export { buildStatusApp } from './status-app.ts'
