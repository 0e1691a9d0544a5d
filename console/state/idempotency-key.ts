const BYTES = 16

/** A new `Idempotency-Key`. Of `crypto` only what pages without TLS have too: `randomUUID` is for secure contexts alone. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
