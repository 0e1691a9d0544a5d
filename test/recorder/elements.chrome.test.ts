import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import {
  FileServer,
  LiveClass,
  makeLongClip,
  measureCadence,
  measureSync,
  patternOf,
  quantile,
  readFilm,
} from '../kit/index.ts'
import { buildRequest, makeFolders, REAL_PAGE, startRecorder } from './recorder-run.ts'

const SIZE = { width: 640, height: 360 }
/** The first is live. */
const PATTERNS = [0, 1].map(patternOf)
const CLIP_SEC = 60
const RECORD_MS = 14_000
/** The first segments, in which sources appear, are not judged. */
const SETTLED_SEC = 6
/** Elements play on the main thread of a page, which has to wait where others compute. */
const PRESENT_MIN = 0.8
const FREEZE_MAX_SEC = 0.5
const SYNC_P95_SEC = 0.06

test('where elements are asked for, they play HLS and files: with their frames in order and their sound in step', async () => {
  await using live = await LiveClass.start(1, CLIP_SEC)
  const [, filePattern = patternOf(1)] = PATTERNS
  const clip = await makeLongClip(filePattern, CLIP_SEC)
  await using files = await FileServer.start(dirname(clip))
  await using folders = await makeFolders()
  const file = { id: 'file', type: 'video', url: files.url(basename(clip)), loop: true } as const
  const request = buildRequest(folders, {
    sources: [...live.sources, file],
    sourcePlayer: 'elements',
    video: { ...SIZE, fps: 25, bitrateKbps: 1000 },
  })
  const run = startRecorder(request, REAL_PAGE)
  await run.event('started')
  await sleep(RECORD_MS)
  await run.order({ type: 'stop' })
  await run.done
  const input = join(folders.storePath, request.recordingId, 'index.m3u8')
  const film = await readFilm({ input, size: SIZE, patterns: PATTERNS, sound: true })
  const fromSec = (film.pictures[0]?.ptsSec ?? 0) + SETTLED_SEC
  const sync = measureSync(film).map((points) => points.filter(({ ptsSec }) => ptsSec > fromSec))
  for (const [source, points] of sync.entries()) {
    const cadence = measureCadence(film, source, { fromSec, toSec: Number.POSITIVE_INFINITY })
    expect.soft(cadence).toMatchObject({ unreadable: 0, backwards: 0 })
    expect.soft(cadence.present).toBeGreaterThanOrEqual(PRESENT_MIN)
    expect.soft(cadence.longestFreezeSec).toBeLessThan(FREEZE_MAX_SEC)
    expect.soft(points.length).toBeGreaterThan((RECORD_MS / 1000 - SETTLED_SEC) / 2)
    const apartSec = points.map(({ offsetSec }) => Math.abs(offsetSec))
    expect.soft(quantile(apartSec, 0.95)).toBeLessThan(SYNC_P95_SEC)
  }
})
