/**
 * The URL for the nth load of a file, from 0. Chrome keeps what it read of a URL, be it broken; a fragment, which no server
 * sees (RFC 3986 §3.5), makes it read anew. A media fragment of the URL stays in force.
 */
export function planUrl(url: string, loads: number): string {
  if (loads === 0) return url
  return `${url}${url.includes('#') ? '&' : '#'}load=${loads}`
}
