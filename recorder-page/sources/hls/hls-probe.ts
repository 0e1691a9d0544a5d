/** A playlist that is not answered by then counts as not there. */
const PROBE_TIMEOUT_MS = 5000

/**
 * True when the playlist at `url` (or, for a multivariant playlist, its first variant) lists segments and is not ended by
 * EXT-X-ENDLIST (RFC 8216 §4.3.3.4). A playlist that is missing or cannot be read is not live.
 */
export async function probeLive(url: string, signal: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)])
  const text = await loadText(url, limit)
  const variant = firstVariant(text, url)
  return isLivePlaylist(variant ? await loadText(variant, limit) : text)
}

export function isLivePlaylist(text: string): boolean {
  return text.startsWith('#EXTM3U') && text.includes('#EXTINF') && !text.includes('#EXT-X-ENDLIST')
}

/**
 * The absolute URL of the first variant of a multivariant playlist (RFC 8216 §4.3.4.2);
 * null for a media playlist, and where that is no URL.
 */
export function firstVariant(text: string, baseUrl: string): string | null {
  const uri = /^#EXT-X-STREAM-INF:.*\r?\n(?:#.*\r?\n|\s*\n)*([^#\s]\S*)/m.exec(text)?.[1]
  return uri === undefined ? null : (URL.parse(uri, baseUrl)?.href ?? null)
}

async function loadText(url: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, { cache: 'no-store', signal })
    return response.ok ? await response.text() : ''
  } catch {
    return ''
  }
}
