import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { measureCadence, type Pattern, readFilm, Timeline } from '../kit/index.ts'
import { type RecordedClass, readClass } from './classes/read-class.ts'
import { HLS, PAIR_VIDEO, STEADY_PATTERNS, STEADY_VIDEO } from './classes/steady-class.ts'
import { PRESENT_MIN, REPEATED_MAX } from './tolerances.ts'

test('two recordings at once do not harm each other: both have 99 of 100 frames of their common sources', async () => {
  const steady = await readClass('steady')
  const { id, pair } = steady.story
  await checkCadence(steady, { id, size: STEADY_VIDEO, patterns: STEADY_PATTERNS })
  await checkCadence(steady, { id: pair.id, size: PAIR_VIDEO, patterns: STEADY_PATTERNS.slice(0, HLS.length) })
})

interface OneOfThem {
  readonly id: string
  readonly size: { readonly width: number; readonly height: number }
  readonly patterns: readonly Pattern[]
}

async function checkCadence({ story, recordingDir }: RecordedClass<'steady'>, { id, size, patterns }: OneOfThem) {
  const input = join(recordingDir(id), 'index.m3u8')
  const film = await readFilm({ input, size, patterns })
  const timeline = new Timeline(await readFile(input, 'utf8'), film)
  const window = { fromSec: timeline.ptsSec(story.pair.fromMs), toSec: timeline.ptsSec(story.pair.toMs) }
  for (const source of HLS) {
    const cadence = measureCadence(film, source, window)
    expect(cadence).toMatchObject({ unreadable: 0, backwards: 0 })
    expect(cadence.present).toBeGreaterThanOrEqual(PRESENT_MIN)
    expect(cadence.repeated).toBeLessThanOrEqual(REPEATED_MAX)
  }
}
