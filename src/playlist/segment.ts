/** One segment as the playlists name it. */
export interface Segment {
  /** Its place in the recording: the media sequence number (RFC 8216 §4.3.3.2). Counts from 0 and never skips. */
  readonly seq: number
  readonly take: number
  /** Relative to the playlist, which lies in the recording's folder. */
  readonly uri: string
  /** From this segment's first picture to the next segment's first picture. */
  readonly durationSec: number
  /** Wall time of the first picture, epoch milliseconds. */
  readonly programDateTimeMs: number
  /** True when the timestamps do not continue those of the segment before. */
  readonly discontinuity: boolean
  /** True when the media is missing: players skip it, and the time line goes on. */
  readonly gap?: boolean
}

/** The lines of one segment; EXTINF has the microseconds of the media's own time line (RFC 8216 §4.3.2). */
export function renderSegment(segment: Omit<Segment, 'seq' | 'take'>): string {
  const lines = [
    ...(segment.discontinuity ? ['#EXT-X-DISCONTINUITY'] : []),
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(Math.round(segment.programDateTimeMs)).toISOString()}`,
    ...(segment.gap ? ['#EXT-X-GAP'] : []),
    `#EXTINF:${segment.durationSec.toFixed(6)},`,
    segment.uri,
  ]
  return `${lines.join('\n')}\n`
}

/** Fractional EXTINF needs version 3, EXT-X-GAP version 8 (RFC 8216 §7, RFC 8216bis §8). */
export function playlistVersion(hasGap: boolean): number {
  return hasGap ? 8 : 3
}
