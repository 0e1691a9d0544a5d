import type { IndexPlaylist } from './index-playlist.ts'
import { playlistVersion, renderSegment, type Segment } from './segment.ts'

interface RollingIndexOptions {
  readonly targetDurationSec: number
  /** What stays lasts at least so long. */
  readonly rollingSec: number
  /** Discontinuities that left it before its first segment (RFC 8216 §6.2.2). */
  readonly discontinuitySequence: number
}

/**
 * The index of a recording of which only the end is kept: a window without a playlist type, because segments leave it (RFC 8216
 * §4.3.3.5, §6.2.2). Once the recording has ended it is what is left. It is written as rarely as a whole index.
 */
export function createRollingIndex(options: RollingIndexOptions): IndexPlaylist {
  const { targetDurationSec, rollingSec, discontinuitySequence } = options
  const shown: Segment[] = []
  let shownUs = 0
  let left = discontinuitySequence
  let tailSeq: number | undefined
  let givenSeq = 0

  const head = (seq: number, lines: readonly string[]): string =>
    [
      '#EXTM3U',
      `#EXT-X-VERSION:${playlistVersion(shown.some(({ gap }) => gap === true))}`,
      `#EXT-X-TARGETDURATION:${targetDurationSec}`,
      `#EXT-X-MEDIA-SEQUENCE:${seq}`,
      ...lines,
      '#EXT-X-INDEPENDENT-SEGMENTS\n',
    ].join('\n')

  return {
    append(segment) {
      shown.push(segment)
      shownUs += microseconds(segment)
      const gone: Segment[] = []
      for (let [first] = shown; first !== undefined; [first] = shown) {
        if (shownUs - microseconds(first) < rollingSec * 1e6) break
        shown.shift()
        shownUs -= microseconds(first)
        if (first.discontinuity) left += 1
        gone.push(first)
      }
      return gone
    },
    texts({ ended }) {
      if (tailSeq !== undefined && !ended) {
        const from = tailSeq - (shown[0]?.seq ?? 0)
        const waiting = shown.slice(from)
        // After an outage the window may have moved past all that the index shows.
        if (from >= 0 && waiting.length < Math.sqrt(shown.length)) {
          return { tail: head(tailSeq, []) + waiting.map(renderSegment).join('') }
        }
      }
      givenSeq = (shown.at(-1)?.seq ?? -1) + 1
      const lines = [
        `#EXT-X-DISCONTINUITY-SEQUENCE:${left}`,
        // Nothing changes any more.
        ...(ended ? ['#EXT-X-PLAYLIST-TYPE:VOD'] : []),
      ]
      return {
        index: head(shown[0]?.seq ?? 0, lines) + shown.map(renderSegment).join('') + (ended ? '#EXT-X-ENDLIST\n' : ''),
      }
    },
    stored({ index }) {
      if (index !== undefined) tailSeq = givenSeq
    },
  }
}

const microseconds = ({ durationSec }: Segment): number => Math.round(durationSec * 1e6)
