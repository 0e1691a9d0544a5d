import { playlistVersion, renderSegment, type Segment } from './segment.ts'

interface IndexPlaylistOptions {
  readonly targetDurationSec: number
}

/** The texts that hold the whole recording now: those that are set have to be stored, the index first. */
interface IndexTexts {
  readonly index?: string
  readonly tail?: string
}

/**
 * The whole recording in two texts, `index.m3u8` and the segments since then in `tail.m3u8`, so that a day costs little
 * more per segment than a minute: the index is due about every √n segments, and a tail is never longer than that.
 */
export interface IndexPlaylist {
  /** Returns the segments that leave it. */
  append(segment: Segment): readonly Segment[]
  /** What is due. The first texts, and those of the end, are a whole index. */
  texts(state: { readonly ended: boolean }): IndexTexts
  /** What `texts` gave last is stored; segments may have come since. */
  stored(texts: IndexTexts): void
}

const NONE: readonly Segment[] = []

/** Starts with the segments of earlier takes, or empty. */
export function createIndexPlaylist(options: IndexPlaylistOptions, segments: readonly Segment[] = []): IndexPlaylist {
  let body = ''
  let tail = ''
  let tailSeq = 0
  let count = 0
  let given: { readonly length: number; readonly count: number } | undefined
  let isStored = false
  let hasGap = false
  const append = (segment: Segment): readonly Segment[] => {
    tail += renderSegment(segment)
    count += 1
    hasGap ||= segment.gap === true
    return NONE
  }
  const head = (seq: number, type: readonly string[]): string =>
    [
      '#EXTM3U',
      `#EXT-X-VERSION:${playlistVersion(hasGap)}`,
      `#EXT-X-TARGETDURATION:${options.targetDurationSec}`,
      `#EXT-X-MEDIA-SEQUENCE:${seq}`,
      ...type,
      HEAD_END,
    ].join('\n')
  for (const segment of segments) append(segment)
  return {
    append,
    texts({ ended }) {
      const waiting = count - tailSeq
      if (isStored && !ended && waiting < Math.sqrt(count)) return { tail: head(tailSeq, []) + tail }
      given = { length: tail.length, count }
      // EVENT while running; VOD with ENDLIST when ended (RFC 8216 §4.3.3.5).
      const type = `#EXT-X-PLAYLIST-TYPE:${ended ? 'VOD' : 'EVENT'}`
      return { index: head(0, [type]) + body + tail + (ended ? '#EXT-X-ENDLIST\n' : '') }
    },
    stored({ index }) {
      if (index === undefined || given === undefined) return
      body += tail.slice(0, given.length)
      tail = tail.slice(given.length)
      tailSeq = given.count
      isStored = true
    },
  }
}

/** The whole index at once. */
export function renderIndex(
  segments: readonly Segment[],
  options: IndexPlaylistOptions & { readonly ended: boolean },
): string {
  return createIndexPlaylist(options, segments).texts(options).index ?? ''
}

/**
 * The index that players see: the stored index, and behind it what only the tail has. Whoever reads the tail before the
 * index never sees a recording that became shorter. An index that has ended is whole.
 */
export function joinIndex(index: string, tail: string | undefined): string {
  const first = /^#EXT-X-MEDIA-SEQUENCE:(\d+)$/m.exec(tail ?? '')?.[1]
  if (tail === undefined || first === undefined || index.endsWith('#EXT-X-ENDLIST\n')) return index
  const entries = tail.slice(tail.indexOf(HEAD_END) + HEAD_END.length).split(/(?<=^[^#\n].*\n)/m)
  const known = firstSeq(index) + countEntries(index) - Number(first)
  const newer = known < 0 ? '' : entries.slice(known).join('')
  const hasGap = newer.includes('#EXT-X-GAP\n')
  return (hasGap ? index.replace(/^#EXT-X-VERSION:\d+$/m, `#EXT-X-VERSION:${playlistVersion(hasGap)}`) : index) + newer
}

/** The last line of the head of an index and of a tail. */
const HEAD_END = '#EXT-X-INDEPENDENT-SEGMENTS\n'

function firstSeq(text: string): number {
  return Number(/^#EXT-X-MEDIA-SEQUENCE:(\d+)$/m.exec(text)?.[1] ?? 0)
}

/** How many segments a text has. */
export function countEntries(text: string): number {
  let count = 0
  for (let at = text.indexOf('#EXTINF:'); at !== -1; at = text.indexOf('#EXTINF:', at + 1)) count += 1
  return count
}
