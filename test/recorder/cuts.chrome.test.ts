import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import {
  cacheDir,
  FileServer,
  longestGapSec,
  makePatternClip,
  measureCadence,
  patternOf,
  readFilm,
} from '../kit/index.ts'
import { buildRequest, makeFolders, REAL_PAGE, startRecorder } from './recorder-run.ts'
import { checkRecording } from './recording-check.ts'

const TEST_TIMEOUT_MS = 120_000
const FPS = 25
const SIZE = { width: 320, height: 180 }
const STORM_SEC = 20
const STORM_CUTS = 30
/** The source is read this long after it is live: a player may skip until then. */
const SETTLE_MS = 2_000
/** The machines of tests are shared, and whatever else runs costs frames; a cut that lost one would lose 30 of 500. */
const PRESENT_MIN = 0.97
const LONGEST_GAP_SEC = 0.5

async function serveSource() {
  const path = await makePatternClip(patternOf(0), 60)
  const server = await FileServer.start(cacheDir())
  const source = { id: 'source-0', type: 'video', url: server.url(path.slice(cacheDir().length + 1)) } as const
  return { source, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test(
  'segments end at the pictures that were asked for, and a storm of cuts loses no frame',
  async () => {
    await using folders = await makeFolders()
    await using served = await serveSource()
    const request = buildRequest(folders, {
      sources: [served.source],
      layout: { name: 'grid', labels: false },
      segmentSec: 2,
    })
    const run = startRecorder(request, REAL_PAGE)
    const { takeEpochMs } = await run.event('started')
    const exactSec = [3.2, 4.01, 6.5]
    for (const sec of [6.5, 3.2, 4.01, 3.2]) await run.order({ type: 'cut', atMs: takeEpochMs + sec * 1000 })
    await sleep(takeEpochMs + 7_000 - Date.now())
    const stormFromSec = (Date.now() + SETTLE_MS - takeEpochMs) / 1000
    for (let i = 0; i < STORM_CUTS; i++) {
      await run.order(i % 2 === 0 ? { type: 'cut' } : { type: 'cut', atMs: Date.now() + 300 })
      await sleep((STORM_SEC * 1000) / STORM_CUTS)
    }
    await run.order({ type: 'stop' })
    expect(await run.done).toMatchObject({ reason: 'stopped', error: null })

    const folder = join(folders.storePath, request.recordingId)
    const { index, warnings, pictures } = await checkRecording(folder)
    expect(warnings).toBe('')
    const borders = pictures.map(([first]) => Math.round((first ?? 0) * FPS))
    for (const sec of exactSec) expect(borders).toContain(Math.ceil(Number((sec * FPS).toFixed(3))))
    expect(index.segments.length).toBeGreaterThan(STORM_CUTS / 2)
    index.segments.forEach(({ duration }, i) => {
      const next = borders[i + 1] ?? Math.round((pictures[i]?.at(-1) ?? 0) * FPS) + 1
      expect(duration).toBeCloseTo((next - (borders[i] ?? 0)) / FPS, 3)
      expect(duration).toBeLessThanOrEqual(index.targetDuration)
    })
    const film = await readFilm({ input: join(folder, 'index.m3u8'), size: SIZE, patterns: [patternOf(0)] })
    const cadence = measureCadence(film, 0, {
      fromSec: (film.pictures[0]?.ptsSec ?? 0) + stormFromSec,
      toSec: Number.POSITIVE_INFINITY,
    })
    expect(cadence).toMatchObject({ unreadable: 0, backwards: 0 })
    expect(cadence.present).toBeGreaterThanOrEqual(PRESENT_MIN)
    expect(longestGapSec(film)).toBeLessThan(LONGEST_GAP_SEC)
  },
  TEST_TIMEOUT_MS,
)
