import { parseSegmentName } from '../archive/keys.ts'
import type { Segment } from './segment.ts'

/** Segments are in the order of the text. `ended` means that the playlist says so by `EXT-X-ENDLIST` (RFC 8216 §4.3.3.4). */
export interface ParsedPlaylist {
  readonly targetDurationSec: number
  readonly discontinuitySequence: number
  readonly segments: readonly Segment[]
  readonly ended: boolean
}

/**
 * Reads a media playlist that this module wrote; undefined when the text is none. An unfinished last entry is left out,
 * a line of an unknown tag is passed over (RFC 8216 §6.3.1).
 */
export function parsePlaylist(text: string): ParsedPlaylist | undefined {
  const lines = text.split('\n').map((line) => line.trim())
  if (lines[0] !== '#EXTM3U') return undefined
  const targetDurationSec = integerOf(lines, '#EXT-X-TARGETDURATION:')
  if (targetDurationSec === undefined) return undefined
  return {
    targetDurationSec,
    discontinuitySequence: integerOf(lines, '#EXT-X-DISCONTINUITY-SEQUENCE:') ?? 0,
    segments: parseSegments(lines, integerOf(lines, '#EXT-X-MEDIA-SEQUENCE:') ?? 0),
    ended: lines.includes('#EXT-X-ENDLIST'),
  }
}

function integerOf(lines: readonly string[], tag: string): number | undefined {
  const value = lines.find((line) => line.startsWith(tag))?.slice(tag.length)
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined
}

function parseSegments(lines: readonly string[], firstSeq: number): Segment[] {
  const segments: Segment[] = []
  let entry = emptyEntry()
  for (const line of lines) {
    if (line.startsWith('#EXTINF:')) entry.durationSec = Number.parseFloat(line.slice(8))
    else if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) entry.programDateTimeMs = Date.parse(line.slice(25))
    else if (line === '#EXT-X-DISCONTINUITY') entry.discontinuity = true
    else if (line === '#EXT-X-GAP') entry.gap = true
    else if (line !== '' && !line.startsWith('#')) {
      const place = parseSegmentName(line)
      const { gap, ...rest } = entry
      if (place !== undefined && Number.isFinite(rest.durationSec)) {
        const seq = firstSeq + segments.length
        segments.push({ seq, take: place.take, uri: line, ...rest, ...(gap ? { gap } : {}) })
      }
      entry = emptyEntry()
    }
  }
  return segments
}

function emptyEntry() {
  return { durationSec: Number.NaN, programDateTimeMs: Number.NaN, discontinuity: false, gap: false }
}
