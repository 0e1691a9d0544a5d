import { describe, expect, test } from 'vitest'
import { decodeSound, readFilm } from '../kit/index.ts'
import { findBeeps } from '../kit/watch/beeps.ts'
import { openClipBench } from './clip-call.ts'
import { durationsOf, PATTERN } from './pattern-recording.ts'

const START_MS = 1_795_000_000_000
const SECONDS = 5
const FROM_SEC = 1.3
const TO_SEC = 4.5
/** The tone filter of the kit knows an onset to about a millisecond. */
const BEEP_SEC = 0.002
/** No multiples of a macroblock's 16: the encoder pads them, and the clip's parameter sets have to say so. */
const SIZES = [
  { width: 854, height: 480 },
  { width: 642, height: 362 },
]

describe.each(SIZES)('a clip of $width x $height', (size) => {
  test.each([10, 30, 50])('at %i pictures a second is exact', async (fps) => {
    const take = { take: 1, startMs: START_MS, firstFrame: 0, endFrame: SECONDS * fps }
    await using bench = await openClipBench([take], { size, fps, seconds: SECONDS })
    const clip = await bench.cut(bench.request({ fromMs: START_MS + FROM_SEC * 1000, toMs: START_MS + TO_SEC * 1000 }))
    const first = FROM_SEC * fps
    const frames = (TO_SEC - FROM_SEC) * fps
    const film = await readFilm({ input: clip.path, size, patterns: [PATTERN] })
    expect(film.complaints).toEqual([])
    expect(film.pictures.map(({ value }) => value.sources[0]?.counter)).toEqual(
      Array.from({ length: Math.round(frames) }, (_, i) => Math.round(first) + i),
    )
    expect(film.pictures.map(({ ptsSec }) => Math.round(ptsSec * fps * 1000) / 1000)).toEqual(
      film.pictures.map((_, i) => i),
    )
    expect(clip.encodedFrames).toBe(Math.round((2 - FROM_SEC) * fps))
    expect((await durationsOf(clip.path)).format).toBeCloseTo(TO_SEC - FROM_SEC, 3)
    const beeps = findBeeps((await decodeSound(clip.path)).runs, PATTERN)
    expect(beeps).toHaveLength(3)
    for (const [i, beep] of beeps.entries()) expect(Math.abs(beep - (i + 2 - FROM_SEC))).toBeLessThan(BEEP_SEC)
  })
})
