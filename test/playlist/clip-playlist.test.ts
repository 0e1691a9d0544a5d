import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderClipPlaylist, type Segment } from '../../src/playlist/index.ts'
import type { ClipSegment } from '../../src/protocol/index.ts'
import { parsePlaylist } from '../kit/watch/playlist-rules.ts'
import { anySegments, evenSegments } from './segments.ts'

const clipSegment = ({ uri, take, programDateTimeMs, durationSec }: Segment, discontinuity: boolean): ClipSegment => ({
  uri,
  take,
  startMs: programDateTimeMs,
  durationSec,
  discontinuity,
})

test('names segments from the folder of the highlight, and starts at the asked picture', () => {
  const segments = evenSegments(4).map((segment, index) => clipSegment(segment, index === 2))
  const text = renderClipPlaylist(segments.slice(1), (segments[1]?.startMs ?? 0) + 1480)
  expect(text).toContain('#EXT-X-START:TIME-OFFSET=1.480,PRECISE=YES\n')
  expect(text.match(/^\S+\.ts$/gm)).toEqual(['../../takes/1/1.ts', '../../takes/1/2.ts', '../../takes/1/3.ts'])
  const { playlist, faults } = parsePlaylist(text)
  expect(faults).toEqual([])
  expect(playlist?.segments.map(({ discontinuity }) => discontinuity ?? false)).toEqual([false, true, false])
  expect(playlist).toMatchObject({ endlist: true, playlistType: 'VOD', targetDuration: 2 })
})

test('is a playlist for any segments', () => {
  fc.assert(
    fc.property(anySegments, (given) => {
      const segments = given.map((segment) => clipSegment(segment, true))
      if (segments.length > 0) expect(parsePlaylist(renderClipPlaylist(segments, 0)).faults).toEqual([])
    }),
  )
})
