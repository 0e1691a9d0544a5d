const RECORDING = /^rec_[0-9A-HJKMNP-TV-Z]{26}$/
const PART = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/
const FILES: ReadonlySet<string> = new Set(['index.m3u8', 'live.m3u8', 'signals.jsonl'])
const FOLDERS: ReadonlySet<string> = new Set(['takes', 'highlights', 'outputs'])

/** True for what `/media` may serve: never the manifest, which holds tokens, and nothing outside a recording. */
export function isMediaKey(key: string): boolean {
  const [recording = '', first = '', ...rest] = key.split('/')
  if (!RECORDING.test(recording)) return false
  if (rest.length === 0) return FILES.has(first)
  return FOLDERS.has(first) && rest.every((part) => PART.test(part))
}

/** Segments, clips and films are written once under a key of their own; everything else may be written again. */
export function isImmutable(key: string): boolean {
  return /^[^/]+\/(takes\/\d+\/[^/]+\.(ts|m4s|mp4)|highlights\/[^/]+\/[^/]+\.(mp4|jpg|webp)|outputs\/rcp_[^/]+\.mp4)$/.test(
    key,
  )
}

/** What players may be sent to the store for: films and pictures. What is made for each answer, or is text, is not. */
export function isRedirectable(key: string): boolean {
  return /\.(ts|m4s|mp4|m4a|aac|mp3|jpg|webp)$/.test(key)
}

const TYPES: Readonly<Record<string, string>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  ts: 'video/mp2t',
  mp4: 'video/mp4',
  m4s: 'video/iso.segment',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  mp3: 'audio/mpeg',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  jsonl: 'application/x-ndjson',
  json: 'application/json',
  vtt: 'text/vtt',
}

/** The media type of a key by its extension (RFC 8216 §4 for playlists). */
export function mediaTypeOf(key: string): string {
  return TYPES[key.slice(key.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
}
