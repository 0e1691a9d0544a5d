import { countEntries } from './index-playlist.ts'

/** What a delta update holds of the end, in target durations; at least six (RFC 8216bis §4.4.3.8). */
const KEPT_TARGET_DURATIONS = 12
/** The first version with EXT-X-SKIP (RFC 8216bis §8). */
const SKIP_VERSION = 9
const EXTINF = '#EXTINF:'

/**
 * The index of a running recording for players that know delta updates (RFC 8216bis §6.2.5.1): with `skip` only its end, else whole
 * with the tag that allows to ask for that. One that has ended is returned unchanged.
 */
export function deltaUpdate(index: string, { skip }: { readonly skip: boolean }): string {
  const target = /^#EXT-X-TARGETDURATION:(\d+)$/m.exec(index)
  if (target === null || index.endsWith('#EXT-X-ENDLIST\n')) return index
  const keptSec = KEPT_TARGET_DURATIONS * Number(target[1])
  const control = `${target[0]}\n#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=${keptSec}`
  const whole = index.replace(target[0], control)
  if (!skip) return whole
  const first = firstEntryAt(whole)
  const keptFrom = entryBefore(whole, keptSec, first)
  const skipped = countEntries(whole.slice(first, keptFrom))
  if (skipped === 0) return whole
  const head = whole.slice(0, first).replace(/^#EXT-X-VERSION:\d+$/m, `#EXT-X-VERSION:${SKIP_VERSION}`)
  return `${head}#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}\n${whole.slice(keptFrom)}`
}

/** Where the lines of the first segment begin. */
function firstEntryAt(text: string): number {
  const at = text.search(/^#EXT(INF:|-X-DISCONTINUITY$|-X-PROGRAM-DATE-TIME:|-X-GAP$)/m)
  return at === -1 ? text.length : at
}

/** Where the lines of a segment begin from which on there are so many seconds at least; `first` when there are not. */
function entryBefore(text: string, wantedSec: number, first: number): number {
  let sec = 0
  for (let at = text.lastIndexOf(EXTINF); at > first; at = text.lastIndexOf(EXTINF, at - 1)) {
    sec += Number.parseFloat(text.slice(at + EXTINF.length))
    const before = text.lastIndexOf(EXTINF, at - 1)
    if (before < first) return first
    // An entry ends with its address, the line behind its EXTINF.
    if (sec >= wantedSec) return text.indexOf('\n', text.indexOf('\n', before) + 1) + 1
  }
  return first
}
