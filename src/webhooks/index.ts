/**
 * Telling a user's server what happened: signed, in order per recording, and again until it is accepted. It keeps
 * nothing itself and knows no queue; the outbox and the policy come through its ports.
 */
export { DELIVERY_TIMEOUT_MS, type DeliveryPorts, deliverDue, MAX_ATTEMPTS } from './deliver.ts'
export type * from './ports.ts'
export { SIGNATURE_HEADER, SIGNATURE_TOLERANCE_SEC, signBody, verifySignature } from './sign.ts'
