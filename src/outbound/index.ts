/**
 * Which addresses the service may be sent to by a caller's URL. It never connects; it only resolves and decides.
 */
export { createOutboundPolicy, type OutboundPolicy } from './policy.ts'
