import fc from 'fast-check'
import * as HLS from 'hls-parser'
import { describe, expect, test } from 'vitest'
import {
  createIndexPlaylist,
  joinIndex,
  longestSegmentSec,
  parsePlaylist,
  renderIndex,
  renderLive,
  type Segment,
  targetDuration,
} from '../../src/playlist/index.ts'
import { anySegments, evenSegments, FPS, SEGMENT_SEC } from './segments.ts'

const targetDurationSec = targetDuration(SEGMENT_SEC, FPS)

/** An independent parser, which throws on what RFC 8216 forbids. */
function parseIndependently(text: string): HLS.types.MediaPlaylist {
  const playlist = HLS.parse(text)
  if (playlist.isMasterPlaylist) throw new Error('not a media playlist')
  return playlist as HLS.types.MediaPlaylist
}

describe('the target duration', () => {
  test.each([
    [2, 25, 3],
    [0.5, 25, 1],
    [0.96, 25, 1],
    [1, 25, 2],
    [2.9, 25, 3],
    [10, 5, 11],
  ])('of %s s segments at %s fps holds the longest of them: %s s', (segmentSec, fps, expected) => {
    expect(targetDuration(segmentSec, fps)).toBe(expected)
    expect(Math.round(segmentSec + 1 / fps)).toBeLessThanOrEqual(expected)
  })

  test('is not exceeded by the longest segment that is allowed', () => {
    for (const target of [1, 2, 3, 11]) expect(Math.round(longestSegmentSec(target))).toBe(target)
  })
})

describe('the index', () => {
  test('says every segment with its exact duration and wall time', () => {
    const [first, second] = evenSegments(2)
    const odd = { ...second, durationSec: 1.96, discontinuity: true } as Segment
    expect(renderIndex([first as Segment, odd], { targetDurationSec, ended: true })).toBe(
      [
        '#EXTM3U',
        '#EXT-X-VERSION:3',
        '#EXT-X-TARGETDURATION:3',
        '#EXT-X-MEDIA-SEQUENCE:0',
        '#EXT-X-PLAYLIST-TYPE:VOD',
        '#EXT-X-INDEPENDENT-SEGMENTS',
        '#EXT-X-PROGRAM-DATE-TIME:2026-11-21T09:00:00.000Z',
        '#EXTINF:2.000000,',
        'takes/1/0.ts',
        '#EXT-X-DISCONTINUITY',
        '#EXT-X-PROGRAM-DATE-TIME:2026-11-21T09:00:02.000Z',
        '#EXTINF:1.960000,',
        'takes/1/1.ts',
        '#EXT-X-ENDLIST',
        '',
      ].join('\n'),
    )
  })

  test('gives back the segments that it was made of', () => {
    fc.assert(
      fc.property(anySegments, fc.boolean(), (segments, ended) => {
        const parsed = parsePlaylist(renderIndex(segments, { targetDurationSec, ended }))
        expect(parsed).toEqual({ targetDurationSec, discontinuitySequence: 0, segments, ended })
      }),
    )
  })

  test('grown step by step is, read with its tail, at every step a playlist that only gained lines', () => {
    fc.assert(
      fc.property(anySegments, (segments) => {
        const index = createIndexPlaylist({ targetDurationSec })
        const stored: { index: string; tail: string | undefined } = { index: '', tail: undefined }
        let before = ''
        for (const [at, segment] of segments.entries()) {
          index.append(segment)
          const texts = index.texts({ ended: false })
          Object.assign(stored, texts)
          index.stored(texts)
          const text = joinIndex(stored.index, stored.tail)
          expect(text).toBe(renderIndex(segments.slice(0, at + 1), { targetDurationSec, ended: false }))
          if (!segments.some(({ gap }) => gap)) expect(text.startsWith(before)).toBe(true)
          before = text
        }
        expect(index.texts({ ended: true }).index).toBe(renderIndex(segments, { targetDurationSec, ended: true }))
      }),
    )
  })

  test('never goes back, whenever it is read: the tail before the index', () => {
    fc.assert(
      fc.property(anySegments, fc.array(fc.nat({ max: 4 })), (segments, pauses) => {
        const index = createIndexPlaylist({ targetDurationSec })
        const states: { index: string; tail: string | undefined }[] = []
        for (const segment of segments) {
          index.append(segment)
          const texts = index.texts({ ended: false })
          states.push({ index: '', tail: undefined, ...states.at(-1), ...texts })
          index.stored(texts)
        }
        let known = 0
        for (let at = 0, step = 0; at < states.length; step += 1) {
          const tail = states[at]?.tail
          const later = Math.min(states.length - 1, at + (pauses[step] ?? 0))
          const read = parsePlaylist(joinIndex(states[later]?.index ?? '', tail))
          expect(read?.segments).toEqual(segments.slice(0, read?.segments.length))
          expect(read?.segments.length).toBeGreaterThanOrEqual(known)
          known = read?.segments.length ?? 0
          at = later + 1
        }
      }),
    )
  })

  test('that has ended has no use for a tail that was left', () => {
    const ended = renderIndex(evenSegments(3), { targetDurationSec, ended: true })
    const index = createIndexPlaylist({ targetDurationSec }, evenSegments(9))
    index.stored(index.texts({ ended: false }))
    const [, , , , , , , , , tenth] = evenSegments(10)
    if (tenth !== undefined) index.append(tenth)
    const { tail } = index.texts({ ended: false })
    expect(tail).toContain('takes/1/9.ts')
    expect(joinIndex(ended, tail)).toBe(ended)
  })

  test('is what an independent parser reads from it', () => {
    fc.assert(
      fc.property(anySegments, fc.boolean(), (segments, ended) => {
        const playlist = parseIndependently(renderIndex(segments, { targetDurationSec, ended }))
        expect(playlist).toMatchObject({ playlistType: ended ? 'VOD' : 'EVENT', endlist: ended, targetDuration: 3 })
        expect(seenBy(playlist)).toEqual(segments.map(essence))
      }),
    )
  })

  test('of a whole day is written and rewritten for less than 40 kB per segment', () => {
    const index = createIndexPlaylist({ targetDurationSec })
    const writtenAfter = (count: number): number => {
      let written = 0
      for (const segment of evenSegments(count)) {
        index.append(segment)
        const texts = index.texts({ ended: false })
        written += (texts.index ?? texts.tail ?? '').length
        index.stored(texts)
      }
      return written / count
    }
    const firstHour = writtenAfter(3600 / SEGMENT_SEC)
    const aDay = writtenAfter((23 * 3600) / SEGMENT_SEC)
    // Each is a whole index every √n segments and a tail of √n / 2: about 1.5 · 85 bytes · √n.
    expect(firstHour).toBeLessThan(10_000)
    expect(aDay).toBeLessThan(40_000)
  })
})

describe('the live playlist', () => {
  test('shows the newest half minute', () => {
    const text = renderLive(evenSegments(100), { targetDurationSec, ended: false })
    const playlist = parseIndependently(text)
    expect([playlist.mediaSequenceBase, playlist.segments.length, playlist.endlist]).toEqual([85, 15, false])
    expect(playlist.playlistType).toBeUndefined()
  })

  test('never holds less than three target durations of a recording that has them', () => {
    fc.assert(
      fc.property(anySegments, fc.integer({ min: 0, max: 20 }), (segments, windowSec) => {
        const playlist = parseIndependently(renderLive(segments, { targetDurationSec, windowSec, ended: false }))
        const shownSec = playlist.segments.reduce((sum, { duration }) => sum + duration, 0)
        const allSec = segments.reduce((sum, { durationSec }) => sum + durationSec, 0)
        expect(shownSec).toBeGreaterThan(Math.min(allSec, 3 * targetDurationSec) - 1e-3)
        expect(seenBy(playlist)).toEqual(segments.slice(segments.length - playlist.segments.length).map(essence))
      }),
    )
  })

  test('numbers each segment and each discontinuity the same for as long as it is shown', () => {
    fc.assert(
      fc.property(anySegments, (segments) => {
        const seen = new Map<string, string>()
        for (let count = 0; count <= segments.length; count += 1) {
          const text = renderLive(segments.slice(0, count), { targetDurationSec, windowSec: 1, ended: false })
          const { segments: shown, mediaSequenceBase = 0, discontinuitySequenceBase = 0 } = parseIndependently(text)
          let discontinuities = discontinuitySequenceBase
          for (const [at, segment] of shown.entries()) {
            if (segment.discontinuity) discontinuities += 1
            const numbers = `${mediaSequenceBase + at}/${discontinuities}`
            expect(seen.get(segment.uri) ?? numbers).toBe(numbers)
            seen.set(segment.uri, numbers)
          }
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('parsing', () => {
  test.each(['', 'hello', '#EXTM3U', '#EXTM3U\n#EXT-X-TARGETDURATION:two\n'])(
    'knows that %j is no playlist',
    (text) => {
      expect(parsePlaylist(text)).toBeUndefined()
    },
  )

  test('leaves out what was cut off in the middle', () => {
    const text = renderIndex(evenSegments(3), { targetDurationSec, ended: false })
    expect(parsePlaylist(text.slice(0, -14))?.segments).toHaveLength(2)
  })

  test('reads Windows line ends and passes over tags that it does not know', () => {
    const text = renderIndex(evenSegments(3), { targetDurationSec, ended: true }).replaceAll(
      '\n',
      '\r\n#EXT-X-OTHER:1\r\n',
    )
    expect(parsePlaylist(text)?.segments).toEqual(evenSegments(3))
  })
})

function seenBy(playlist: HLS.types.MediaPlaylist) {
  return playlist.segments.map((segment) => ({
    uri: segment.uri,
    durationUs: Math.round(segment.duration * 1e6),
    timeMs: segment.programDateTime?.getTime(),
    discontinuity: segment.discontinuity ?? false,
  }))
}

function essence({ uri, durationSec, programDateTimeMs, discontinuity }: Segment) {
  return { uri, durationUs: Math.round(durationSec * 1e6), timeMs: programDateTimeMs, discontinuity }
}
