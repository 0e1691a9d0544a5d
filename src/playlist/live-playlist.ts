import { playlistVersion, renderSegment, type Segment } from './segment.ts'

/** Long enough to pause and go on, short enough that a reload costs little. Never below three target durations. */
const LIVE_WINDOW_SEC = 30
/** RFC 8216 §6.2.2: what stays in the playlist must last at least three target durations. */
const MIN_TARGET_DURATIONS = 3

interface LivePlaylistOptions {
  readonly targetDurationSec: number
  /** How long the window is, where three target durations are not longer; 30 s without it. */
  readonly windowSec?: number
  /** Discontinuities before its first segment, where that is not the recording's. */
  readonly discontinuitySequence?: number
}

/** `live.m3u8`: the newest part of a recording, however long it is (RFC 8216 §6.2.2). */
interface LivePlaylist {
  append(segment: Segment): void
  text(state: { readonly ended: boolean }): string
}

/** An empty window; it holds what is in it and no more. */
export function createLivePlaylist({
  targetDurationSec,
  windowSec = LIVE_WINDOW_SEC,
  discontinuitySequence = 0,
}: LivePlaylistOptions): LivePlaylist {
  const wantedSec = Math.max(windowSec, MIN_TARGET_DURATIONS * targetDurationSec)
  const shown: Segment[] = []
  let durationSec = 0
  let droppedDiscontinuities = discontinuitySequence
  return {
    append(segment) {
      shown.push(segment)
      durationSec += segment.durationSec
      for (let [first] = shown; first !== undefined && durationSec - first.durationSec >= wantedSec; [first] = shown) {
        shown.shift()
        durationSec -= first.durationSec
        if (first.discontinuity) droppedDiscontinuities += 1
      }
    },
    text: ({ ended }) =>
      [
        '#EXTM3U',
        `#EXT-X-VERSION:${playlistVersion(shown.some((segment) => segment.gap === true))}`,
        `#EXT-X-TARGETDURATION:${targetDurationSec}`,
        `#EXT-X-MEDIA-SEQUENCE:${shown[0]?.seq ?? 0}`,
        `#EXT-X-DISCONTINUITY-SEQUENCE:${droppedDiscontinuities}`,
        '#EXT-X-INDEPENDENT-SEGMENTS',
        shown.map(renderSegment).join('') + (ended ? '#EXT-X-ENDLIST\n' : ''),
      ].join('\n'),
  }
}

/** The window over all these segments at once. */
export function renderLive(
  segments: readonly Segment[],
  { ended, ...options }: LivePlaylistOptions & { readonly ended: boolean },
): string {
  const live = createLivePlaylist(options)
  for (const segment of segments) live.append(segment)
  return live.text({ ended })
}
