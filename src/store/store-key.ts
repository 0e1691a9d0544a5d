import { AppError } from '../protocol/index.ts'

/** Relative, `/`-separated, no part that begins with a dot: so no key climbs out of the store or meets a temporary file. */
const KEY = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/
const MAX_KEY_LENGTH = 900

/** At most 900 characters: S3 allows 1024 bytes, and the prefix of the store needs its share. */
export function isStoreKey(key: string): boolean {
  return key.length <= MAX_KEY_LENGTH && KEY.test(key)
}

/** Throws `store.refused` for a key that must not be written. */
export function assertWritableKey(key: string): void {
  if (isStoreKey(key)) return
  throw new AppError('store.refused', 'The store does not accept this key', {
    field: 'key',
    received: key,
    allowed: 'relative parts of letters, digits, `_`, `-` and `.`, joined by `/`, none of which begins with a dot',
  })
}

/** Throws `store.not-found` for a key that cannot exist. */
export function assertReadableKey(key: string): void {
  if (!isStoreKey(key)) throw notFound(key)
}

/** `store.not-found`, the same from every driver. */
export function notFound(key: string, cause?: unknown): AppError {
  return new AppError('store.not-found', `The store has no object \`${key}\``, { field: 'key', received: key, cause })
}

/** `store.range-invalid`, the same from every driver; `size` is undefined where the driver was not told it. */
export function rangeInvalid(key: string, size: number | undefined, cause?: unknown): AppError {
  const allowed = size === undefined ? 'a range inside the object' : `bytes from 0 to ${size - 1}`
  return new AppError('store.range-invalid', `The byte range lies outside \`${key}\``, {
    field: 'range',
    allowed,
    cause,
  })
}
