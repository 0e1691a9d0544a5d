import { type FoundObject, findObject, splitKey } from '../../archive/keys.ts'

const RECORDING = /^rec_[0-9A-HJKMNP-TV-Z]{26}$/

/** What of a recording lies at a key; undefined for what no recording has. */
export function objectAt(key: string): FoundObject | undefined {
  return findObject(splitKey(key).name)
}

/** True for what `/media` may serve: nothing outside a recording, and nothing that is for the service alone. */
export function isMediaKey(key: string): boolean {
  return RECORDING.test(splitKey(key).recordingId) && objectAt(key)?.row.served === true
}

/** True for what is written once under a key of its own. */
export function isImmutable(key: string): boolean {
  return objectAt(key)?.row.immutable === true
}

/** What players may be sent to the store for: films and pictures. What is made for each answer, or is text, is not. */
export function isRedirectable(key: string): boolean {
  return /^(video|image)\//.test(mediaTypeOf(key))
}

/** `application/octet-stream` for what no recording has. */
export function mediaTypeOf(key: string): string {
  return objectAt(key)?.row.mediaType ?? 'application/octet-stream'
}
