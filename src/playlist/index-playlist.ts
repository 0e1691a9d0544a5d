import { playlistVersion, renderSegment, type Segment } from './segment.ts'

export interface IndexPlaylistOptions {
  readonly targetDurationSec: number
}

/** The text of `index.m3u8`, grown by appending: a recording of a day costs no more per segment than one of a minute. */
export interface IndexPlaylist {
  append(segment: Segment): void
  /** EVENT while running; VOD with ENDLIST when ended (RFC 8216 §4.3.3.5). */
  text(state: { readonly ended: boolean }): string
}

/** Starts an index with the segments of earlier takes, or empty. */
export function createIndexPlaylist(options: IndexPlaylistOptions, segments: readonly Segment[] = []): IndexPlaylist {
  let first = 0
  let body = ''
  let hasGap = false
  const append = (segment: Segment): void => {
    if (body === '') first = segment.seq
    body += renderSegment(segment)
    hasGap ||= segment.gap === true
  }
  segments.forEach(append)
  return {
    append,
    text: ({ ended }) =>
      [
        '#EXTM3U',
        `#EXT-X-VERSION:${playlistVersion(hasGap)}`,
        `#EXT-X-TARGETDURATION:${options.targetDurationSec}`,
        `#EXT-X-MEDIA-SEQUENCE:${first}`,
        `#EXT-X-PLAYLIST-TYPE:${ended ? 'VOD' : 'EVENT'}`,
        '#EXT-X-INDEPENDENT-SEGMENTS',
        body + (ended ? '#EXT-X-ENDLIST\n' : ''),
      ].join('\n'),
  }
}

/** The whole index at once; what `createIndexPlaylist` grows step by step. */
export function renderIndex(
  segments: readonly Segment[],
  options: IndexPlaylistOptions & { readonly ended: boolean },
): string {
  return createIndexPlaylist(options, segments).text(options)
}
