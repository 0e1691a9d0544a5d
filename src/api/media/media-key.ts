import { type FoundObject, findObject, splitKey } from '../../archive/keys.ts'

const RECORDING = /^rec_[0-9A-HJKMNP-TV-Z]{26}$/

/** The kind of object that lies at a key; undefined for what no recording has. */
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

/** True for playlists and other text, which is compressed on its way. */
export function isText(key: string): boolean {
  return !isRedirectable(key)
}

/** True for what players may be redirected to the store for: films and pictures, not playlists and other text. */
export function isRedirectable(key: string): boolean {
  return /^(video|image)\//.test(mediaTypeOf(key))
}

/** `application/octet-stream` for what no recording has. */
export function mediaTypeOf(key: string): string {
  return objectAt(key)?.row.mediaType ?? 'application/octet-stream'
}
