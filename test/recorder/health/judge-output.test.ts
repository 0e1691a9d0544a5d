import { expect, test } from 'vitest'
import type { PageStats } from '../../../src/protocol/index.ts'
import { createOutputJudge, ODD_SECONDS } from '../../../src/recorder/health/judge-output.ts'

type Report = Pick<PageStats, 'picture' | 'sources' | 'peakDbfs'>
interface Look {
  readonly sourceMotion?: number
  readonly tileMotion?: number
  readonly sourceLuma?: number
  readonly brightest?: number
  readonly level?: number
  readonly peakDbfs?: number
}

/** A second of a class in which someone talks and moves, unless said otherwise. */
function second(look: Look = {}): Report {
  const { sourceMotion = 5, tileMotion = 5, sourceLuma = 90, brightest = 200, level = 0.05, peakDbfs = -12 } = look
  return {
    peakDbfs,
    picture: { luma: brightest / 2, brightest, tiles: [{ sourceId: 'amy', sourceLuma, sourceMotion, tileMotion }] },
    sources: [{ sourceId: 'amy', level, received: 0, shown: 0, skipped: 0, pictureDelayMs: 0 }],
  }
}

function codesOf(seconds: readonly Report[]): readonly (readonly string[])[] {
  const judge = createOutputJudge()
  return seconds.map((report) => judge.judge(report).map(({ code }) => code))
}
const lasting = (look: Look, count = ODD_SECONDS): readonly Report[] =>
  Array.from({ length: count }, () => second(look))

test.each<[string, Look]>([
  ['picture.frozen', { tileMotion: 0 }],
  ['picture.black', { brightest: 0 }],
  ['sound.silent', { peakDbfs: -100 }],
])('tells %s once it has lasted, once, and anew when it comes back', (code, look) => {
  const told = codesOf([...lasting(look, 20), second(), ...lasting(look)])
  expect(told.flat()).toEqual([code, code])
  expect(told[ODD_SECONDS - 1]).toEqual([code])
  expect(told.at(-1)).toEqual([code])
})

test.each<[string, Look]>([
  ['a slide that stands still', { sourceMotion: 0, tileMotion: 0 }],
  ['a camera with nothing but noise', { sourceMotion: 0.8, tileMotion: 0 }],
  ['a source that is dark itself', { sourceLuma: 3, sourceMotion: 0, brightest: 4 }],
  ['sources that are muted', { level: 0, peakDbfs: -100 }],
  ['a microphone that only hums', { level: 0.001, peakDbfs: -75 }],
  ['a class as it should be', {}],
])('says nothing about %s', (_, look) => {
  expect(codesOf(lasting(look, 60)).flat()).toEqual([])
})

test('says nothing about seconds without a picture, and about single odd ones', () => {
  expect(codesOf(Array.from({ length: 20 }, () => ({ ...second({ level: 0 }), picture: null }))).flat()).toEqual([])
  const flicker = Array.from({ length: 40 }, (_, i) => second(i % ODD_SECONDS === 0 ? {} : { brightest: 0 }))
  expect(codesOf(flicker).flat()).toEqual([])
})
