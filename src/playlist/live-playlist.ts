import { playlistVersion, renderSegment, type Segment } from './segment.ts'

/** Long enough to pause and go on, short enough that a reload costs little. Never below three target durations. */
const LIVE_WINDOW_SEC = 30
/** RFC 8216 §6.2.2: what stays in the playlist must last at least three target durations. */
const MIN_TARGET_DURATIONS = 3

export interface LivePlaylistOptions {
  readonly targetDurationSec: number
  /** Segments to keep at least; without it 30 s of them. */
  readonly windowSegments?: number
  readonly ended: boolean
}

/** The text of `live.m3u8`: the newest segments of all those given, in the order of `seq` (RFC 8216 §6.2.2). */
export function renderLive(segments: readonly Segment[], options: LivePlaylistOptions): string {
  const start = windowStart(segments, options)
  const shown = segments.slice(start)
  const dropped = segments.slice(0, start)
  return [
    '#EXTM3U',
    `#EXT-X-VERSION:${playlistVersion(shown.some((segment) => segment.gap === true))}`,
    `#EXT-X-TARGETDURATION:${options.targetDurationSec}`,
    `#EXT-X-MEDIA-SEQUENCE:${shown[0]?.seq ?? 0}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${dropped.filter((segment) => segment.discontinuity).length}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    shown.map(renderSegment).join('') + (options.ended ? '#EXT-X-ENDLIST\n' : ''),
  ].join('\n')
}

function windowStart(segments: readonly Segment[], options: LivePlaylistOptions): number {
  const least = MIN_TARGET_DURATIONS * options.targetDurationSec
  const wanted = options.windowSegments === undefined ? Math.max(LIVE_WINDOW_SEC, least) : least
  let durationSec = 0
  let start = segments.length
  while (start > 0 && (durationSec < wanted || segments.length - start < (options.windowSegments ?? 0))) {
    start -= 1
    durationSec += segments[start]?.durationSec ?? 0
  }
  return start
}
