import { vi } from 'vitest'

/** Answers every request of `fetch` with this file; undefined: not there. */
export function serveFile(file: () => Uint8Array | undefined): void {
  vi.stubGlobal('fetch', async (_: unknown, init?: RequestInit) =>
    answer(file(), new Headers(init?.headers).get('range')),
  )
}

/** With byte ranges (RFC 9110 §14). */
function answer(file: Uint8Array | undefined, range: string | null): Response {
  if (file === undefined) return new Response(null, { status: 404 })
  const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
  const end = Math.min(last === '' ? file.length - 1 : Number(last), file.length - 1)
  const part = file.slice(Number(first), end + 1)
  const headers = { 'content-length': `${part.length}`, 'content-range': `bytes ${first}-${end}/${file.length}` }
  return new Response(
    part,
    range === null ? { headers: { 'content-length': `${part.length}` } } : { status: 206, headers },
  )
}
