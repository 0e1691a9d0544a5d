import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runClip } from '../../src/clipper/index.ts'
import { parsePlaylist, type Segment } from '../../src/playlist/index.ts'
import { recordToFolder } from '../../src/recorder/index.ts'
import { FileServer, LiveClass, measureSync, patternOf, playFilmInChrome, readFilm } from '../kit/index.ts'

const SIZE = { width: 320, height: 180 }
const FPS = 25
const RECORD_MS = 14_000
const PATTERN = patternOf(0)
/** A clip's beep against the same of the recording: the tone filter knows an onset to about a millisecond. */
const SYNC_SEC = 0.002
/** A beep that is cut has another onset. */
const EDGE_SEC = 0.1
/** A machine that is busy with other tests shows fewer frames than it decodes. */
const LEAST_SHOWN = 0.3
const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

let root: string
let recordingId: string
let segments: readonly Segment[]

/** A recording of the real page: H.264 of Chrome's own encoder, AAC of libavcodec as WASM. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'panorec-clips-'))
  await using live = await LiveClass.start(1, 150)
  const spec = {
    sources: live.sources,
    layout: { name: 'single' as const, labels: false },
    video: { ...SIZE, fps: FPS, bitrateKbps: 400 },
    segmentSec: 2,
  }
  const signal = AbortSignal.timeout(RECORD_MS)
  const recorded = await recordToFolder(spec, { outDir: root, signal, logger: QUIET, allowPrivateHosts: ['127.0.0.1'] })
  recordingId = recorded.recordingId
  segments = parsePlaylist(await readFile(join(recorded.path, 'index.m3u8'), 'utf8'))?.segments ?? []
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function cut(highlightId: string, fromSec: number, toSec: number): Promise<string> {
  const listed = segments.map((segment) => ({ ...segment, startMs: segment.programDateTimeMs }))
  const zeroMs = listed[0]?.startMs ?? 0
  const [fromMs, toMs] = [zeroMs + fromSec * 1000, zeroMs + toSec * 1000]
  await runClip(
    {
      highlightId,
      recordingId,
      traceId: 'trace',
      store: { kind: 'fs', path: root },
      atMs: fromMs,
      fromMs,
      toMs,
      segments: listed.filter(({ startMs, durationSec }) => startMs < toMs && startMs + durationSec * 1000 > fromMs),
      video: { ...SIZE, fps: FPS },
      logLevel: 'silent',
    },
    { signal: new AbortController().signal, logger: QUIET },
  )
  return `${recordingId}/highlights/${highlightId}/clip.mp4`
}

test('a clip of a real recording is exact, and in step as the recording is', async () => {
  const index = await readFilm({ input: join(root, recordingId, 'index.m3u8'), size: SIZE, patterns: [PATTERN] })
  const key = await cut('hl_1', 3.33, 11.5)
  const film = await readFilm({ input: join(root, key), size: SIZE, patterns: [PATTERN] })
  expect(film.complaints).toEqual([])
  // Pictures lie 40 ms apart from the first one on: the first at or after 3.33 s is number 84.
  const inRange = index.pictures.slice(84, 288).map(({ value }) => value.sources[0]?.counter)
  expect(film.pictures.map(({ value }) => value.sources[0]?.counter)).toEqual(inRange)
  expect(film.pictures.map(({ ptsSec }) => Math.round(ptsSec * FPS))).toEqual(inRange.map((_, i) => i))
  const [recorded = []] = await measureSync(index, join(root, recordingId, 'index.m3u8'))
  const [kept = []] = await measureSync(film, join(root, key))
  const zeroSec = index.pictures[84]?.ptsSec ?? 0
  const inside = kept.filter(({ ptsSec }) => ptsSec > EDGE_SEC && ptsSec < 204 / FPS - EDGE_SEC)
  expect(inside.length).toBeGreaterThanOrEqual(7)
  for (const { ptsSec, offsetSec } of inside) {
    const same = recorded.find((point) => Math.abs(point.ptsSec - zeroSec - ptsSec) < 0.5 / FPS)
    expect(Math.abs(offsetSec - (same?.offsetSec ?? Number.NaN)), `the beep at ${ptsSec} s`).toBeLessThan(SYNC_SEC)
  }
})

test('a plain video element of Chrome plays it to its end, right from its first frame and over the joint', async () => {
  const key = await cut('hl_2', 4.52, 9)
  const film = await readFilm({ input: join(root, key), size: SIZE, patterns: [PATTERN] })
  const counters = film.pictures.map(({ value }) => value.sources[0]?.counter)
  await using server = await FileServer.start(root)
  const showing = await playFilmInChrome(server.url(key), PATTERN)
  expect(showing).toMatchObject({ errors: [], ended: true, frames: 112 })
  expect(showing.durationSec).toBeCloseTo(4.48, 3)
  expect(showing.first).toEqual({ mediaSec: 0, counter: counters[0] })
  expect(showing.shown.length).toBeGreaterThan(LEAST_SHOWN * counters.length)
  for (const { mediaSec, counter } of showing.shown) expect(counter).toBe(counters[Math.round(mediaSec * FPS)])
})
