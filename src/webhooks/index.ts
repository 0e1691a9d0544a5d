/**
 * Webhooks: each event of a recording is posted to a user's server, signed, in order, and again until it is accepted. This folder
 * stores nothing and knows no queue; the outbox and the outbound policy come through its ports.
 */
export { type DeliveryPorts, deliverDue, MAX_ATTEMPTS } from './deliver.ts'
export type * from './ports.ts'
export { signBody, verifySignature } from './sign.ts'
