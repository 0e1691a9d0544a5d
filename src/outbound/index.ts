/**
 * Which addresses the service may be sent to by a caller's URL. It never connects; it only resolves and decides.
 */
export * from './policy.ts'
