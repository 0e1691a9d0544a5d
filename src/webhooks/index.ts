/**
 * Telling a user's server what happened: signed, in order per recording, and again until it is accepted. It keeps
 * nothing itself and knows no queue; the outbox and the policy come through its ports.
 */
export { type DeliveryPorts, deliverDue, MAX_ATTEMPTS } from './deliver.ts'
export type * from './ports.ts'
export { signBody, verifySignature } from './sign.ts'
