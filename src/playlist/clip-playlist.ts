import { uriFrom } from '../archive/keys.ts'
import type { ClipSegment } from '../protocol/index.ts'
import { playlistVersion, renderSegment } from './segment.ts'

/**
 * The text of `clip.m3u8`: whole stored segments, with a start at the asked picture (RFC 8216 §4.3.5.2). It plays on to the
 * end of its last segment; only the exact clip ends on a picture.
 */
export function renderClipPlaylist(segments: readonly ClipSegment[], fromMs: number): string {
  const longestSec = Math.max(0, ...segments.map(({ durationSec }) => durationSec))
  const offsetSec = Math.max(0, fromMs - (segments[0]?.startMs ?? fromMs)) / 1000
  return [
    '#EXTM3U',
    `#EXT-X-VERSION:${playlistVersion(false)}`,
    `#EXT-X-TARGETDURATION:${Math.max(1, Math.ceil(longestSec))}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-START:TIME-OFFSET=${offsetSec.toFixed(3)},PRECISE=YES`,
    `${segments.map(renderClipSegment).join('')}#EXT-X-ENDLIST\n`,
  ].join('\n')
}

function renderClipSegment({ uri, startMs, durationSec, discontinuity }: ClipSegment): string {
  return renderSegment({ uri: uriFrom('clipPlaylist', uri), programDateTimeMs: startMs, durationSec, discontinuity })
}
