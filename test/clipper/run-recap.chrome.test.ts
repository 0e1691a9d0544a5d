import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runRecap } from '../../src/clipper/index.ts'
import type { RecapJob } from '../../src/protocol/index.ts'
import { decodePictures, decodeSound, PATTERN_FPS, readFilm } from '../kit/index.ts'
import { type ClipBench, openClipBench, RECORDING } from './clip-call.ts'
import { durationsOf, PATTERN, SIZE } from './pattern-recording.ts'

const START_MS = 1_795_000_000_000
const FADE_SEC = 0.4
const CARD_SEC = 3
/** A title's shade darkens the picture's lower edge by more than any rounding of colours. */
const SHADED = 20
const IO = { signal: new AbortController().signal, logger: { debug: () => undefined, info: () => undefined } }

let bench: ClipBench
let ids: string[]
beforeAll(async () => {
  bench = await openClipBench([{ take: 1, startMs: START_MS, firstFrame: 0, endFrame: 250 }])
  const ranges = [
    [1320, 4320],
    [5000, 8200],
    [2000, 2080],
  ] as const
  ids = []
  for (const [fromMs, toMs] of ranges) {
    const request = bench.request({ fromMs: START_MS + fromMs, toMs: START_MS + toMs })
    await bench.cut(request)
    ids.push(request.highlightId)
  }
})
afterAll(() => bench[Symbol.asyncDispose]())

function job(changes: Partial<RecapJob> = {}): RecapJob {
  return {
    recapId: 'rcp_1',
    recordingId: RECORDING,
    traceId: 'trace',
    store: { kind: 'fs', path: bench.root },
    title: null,
    clips: ids.map((highlightId, i) => ({ highlightId, label: `Clip ${i}`, at: '2026-11-21T10:00:00.000Z' })),
    titles: true,
    crossfadeSec: FADE_SEC,
    video: { ...SIZE, fps: PATTERN_FPS },
    logLevel: 'silent',
    ...changes,
  }
}

const pathOf = (id: string) => join(bench.root, RECORDING, 'outputs', `${id}.mp4`)

test('joins clips in their order, with cross-fades of picture and sound', async () => {
  const { durationSec, bytes } = await runRecap(job({ titles: false }), IO)
  // The third clip has two pictures: its fade takes one of them.
  expect(durationSec).toBeCloseTo(3 + 3.2 - FADE_SEC + 0.08 - 0.04, 6)
  expect(bytes).toBeGreaterThan(10_000)
  const film = await readFilm({ input: pathOf('rcp_1'), size: SIZE, patterns: [PATTERN] })
  expect(film.complaints).toEqual([])
  expect(film.pictures).toHaveLength(Math.round(durationSec * PATTERN_FPS))
  const counters = film.pictures.map(({ value }) => value.sources[0]?.counter)
  expect(counters.slice(0, 65)).toEqual(Array.from({ length: 65 }, (_, i) => 33 + i))
  expect(counters.slice(75, 75 + 68)).toEqual(Array.from({ length: 68 }, (_, i) => 125 + 10 + i))
  expect(counters.at(-1)).toBe(51)
  const stated = await durationsOf(pathOf('rcp_1'))
  expect(stated.format).toBeCloseTo(durationSec, 3)
  const { runs } = await decodeSound(pathOf('rcp_1'))
  expect(runs.map(({ ptsSec }) => ptsSec)).toEqual([0])
  expect(Math.abs((runs[0]?.samples.length ?? 0) / 48_000 - durationSec)).toBeLessThanOrEqual(1024 / 48_000)
})

test('begins with a card, and each clip with its title, which goes again', async () => {
  const { durationSec } = await runRecap(job({ recapId: 'rcp_2', title: 'Maths {\\b1} 数学' }), IO)
  expect(durationSec).toBeCloseTo(CARD_SEC + 3 + 3.2 + 0.08 - 2 * FADE_SEC - 0.04, 6)
  const { items } = await decodePictures(pathOf('rcp_2'), SIZE, ({ data, width, height }) => {
    const row = data.subarray((height - 2) * width, (height - 1) * width)
    return row.reduce((sum, luma) => sum + luma, 0) / row.length
  })
  const edgeAt = (sec: number) => items[Math.round(sec * PATTERN_FPS)]?.value ?? Number.NaN
  const firstClip = CARD_SEC - FADE_SEC
  expect(edgeAt(firstClip + 1)).toBeLessThan(edgeAt(firstClip + 2.6) - SHADED)
  expect(edgeAt(1)).toBeLessThan(edgeAt(firstClip + 2.6) - SHADED)
})

test('says which clip is not there', async () => {
  const clips = [{ highlightId: 'hl_none', label: null, at: '2026-11-21T10:00:00.000Z' }]
  await expect(runRecap(job({ clips }), IO)).rejects.toMatchObject({ code: 'highlight.not-ready' })
})
