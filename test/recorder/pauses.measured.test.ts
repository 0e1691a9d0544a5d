import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { cacheDir, FileServer, makePatternClip, patternOf, playInChrome, readFilm } from '../kit/index.ts'
import { readRecordedTime } from '../kit/watch/recorded-time.ts'
import { buildRequest, makeFolders, REAL_PAGE, type RecorderRun, startRecorder } from './recorder-run.ts'
import { checkRecording } from './recording-check.ts'

const TEST_TIMEOUT_MS = 180_000
const FPS = 25
const FRAME_MS = 1000 / FPS
const SIZE = { width: 320, height: 180 }
const PAUSES = 3
/** A beep comes every second; a player settles in the first two. */
const RUN_MS = 3_500
const PAUSE_MS = 2_500
/** From the order to the page and to the picture that is asked for: a frame, and what a shared machine takes for a message. */
const BORDER_MS = FRAME_MS + 350
/** The promise is a few hundred milliseconds; tests share their machine. */
const RESUME_MS = 800
/** The machines of tests are shared, and whatever else runs costs a frame now and then. */
const FRAMES = 2
/** The promise is 20 ms for a recording; what a pause may add is what is asked here. */
const STEP_SEC = 0.02

async function serveSource() {
  const path = await makePatternClip(patternOf(0), 60)
  const server = await FileServer.start(cacheDir())
  const source = { id: 'source-0', type: 'video', url: server.url(path.slice(cacheDir().length + 1)) } as const
  return { source, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/** Orders it and returns the wall times of the order and of what the recorder says of it. */
async function order(run: RecorderRun, type: 'pause' | 'resume', count: number) {
  const askedMs = Date.now()
  expect((await run.order({ type })).error).toBeNull()
  const answeredMs = Date.now()
  const { at } = await run.event(type === 'pause' ? 'paused' : 'resumed', count)
  return { askedMs, answeredMs, atMs: Date.parse(at) }
}

test(
  'a pause leaves out its time to the frame, in picture and sound, and the recording plays through',
  async () => {
    await using folders = await makeFolders()
    await using served = await serveSource()
    const request = buildRequest(folders, {
      sources: [served.source],
      layout: { name: 'grid', labels: false },
      segmentSec: 2,
    })
    const run = startRecorder(request, REAL_PAGE)
    await run.event('started')
    const pauses: { paused: Awaited<ReturnType<typeof order>>; resumed: Awaited<ReturnType<typeof order>> }[] = []
    for (let i = 1; i <= PAUSES; i += 1) {
      await sleep(RUN_MS)
      const paused = await order(run, 'pause', i)
      if (i === 1) expect((await run.order({ type: 'pause' })).error).toBeNull()
      const segments = run.events.filter(({ type }) => type === 'segment').length
      await sleep(PAUSE_MS)
      // What was recorded is stored at once, and then nothing more comes.
      expect(run.events.filter(({ type }) => type === 'segment').length).toBeLessThanOrEqual(segments + 1)
      pauses.push({ paused, resumed: await order(run, 'resume', i) })
    }
    await sleep(RUN_MS)
    await run.order({ type: 'stop' })
    const ended = await run.done
    expect(ended).toMatchObject({ reason: 'stopped', error: null })
    for (const { paused, resumed } of pauses) {
      expect(paused.atMs).toBeGreaterThanOrEqual(paused.askedMs)
      expect(paused.atMs - paused.askedMs).toBeLessThan(BORDER_MS)
      expect(resumed.atMs).toBeGreaterThanOrEqual(resumed.askedMs)
      expect(resumed.answeredMs - resumed.askedMs).toBeLessThan(RESUME_MS)
    }

    const folder = join(folders.storePath, request.recordingId)
    const { index, warnings, pictures } = await checkRecording(folder)
    expect(warnings).toBe('')
    expect(index.segments.filter(({ discontinuity }) => discontinuity).length).toBe(PAUSES)
    const firsts = pictures.map(([first]) => first ?? 0)
    const all = pictures.flat()
    expect(all.every((time, i) => i === 0 || time > (all[i - 1] ?? 0))).toBe(true)
    // Pauses take no time in the media: its pictures follow each other.
    expect((all.at(-1) ?? 0) - (firsts[0] ?? 0) + 1 / FPS).toBeCloseTo(ended.durationSec, 1)

    const recorded = await readRecordedTime(folder, { size: SIZE, pattern: patternOf(0), fps: FPS })
    expect(recorded.parts.length).toBe(PAUSES + 1)
    pauses.forEach(({ paused, resumed }, i) => {
      expect(Math.abs((recorded.parts[i]?.toMs ?? 0) - paused.atMs)).toBeLessThanOrEqual(FRAME_MS + 1)
      expect(Math.abs((recorded.parts[i + 1]?.fromMs ?? 0) - resumed.atMs)).toBeLessThanOrEqual(FRAME_MS + 1)
      const before = recorded.pictures.findLast(({ wallMs }) => wallMs < paused.atMs - 1)
      const after = recorded.pictures.find(({ wallMs }) => wallMs > resumed.atMs - 1)
      const frames = Math.round(((after?.wallMs ?? 0) - (before?.wallMs ?? 0)) / FRAME_MS)
      expect(Math.abs((after?.counter ?? 0) - (before?.counter ?? 0) - frames)).toBeLessThanOrEqual(FRAMES)
    })
    const offsets = recorded.parts.map(({ fromMs, toMs }) =>
      recorded.sync.filter(({ wallMs }) => wallMs >= fromMs && wallMs < toMs).map(({ offsetSec }) => offsetSec),
    )
    const middle = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
    for (const part of offsets) {
      expect(part.length).toBeGreaterThanOrEqual(2)
      expect(Math.abs(middle(part) - middle(offsets[0] ?? []))).toBeLessThan(STEP_SEC)
    }

    const film = await readFilm({ input: join(folder, 'index.m3u8'), size: SIZE, patterns: [patternOf(0)] })
    expect(film.complaints).toEqual([])
    await using server = await FileServer.start(folder)
    const played = await playInChrome(server.url('index.m3u8'))
    expect(played).toMatchObject({ ended: true })
  },
  TEST_TIMEOUT_MS,
)
