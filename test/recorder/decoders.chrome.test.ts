import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import {
  FileServer,
  LiveClass,
  makePatternClip,
  measureCadence,
  measureSync,
  patternOf,
  quantile,
  readFilm,
} from '../kit/index.ts'
import { buildRequest, makeFolders, REAL_PAGE, startRecorder } from './recorder-run.ts'

const SIZE = { width: 960, height: 540 }
const FILE_PATTERN = 5
const CLIP_SEC = 60
const RECORD_MS = 20_000
/** The first segments, in which sources appear, are not judged. */
const SETTLED_SEC = 6
/** Every frame is recorded, but for those of a busy machine. */
const PRESENT_MIN = 0.99
/** Sound is placed by the stream's own times. */
const SYNC_P95_SEC = 0.005

test('sources that the worker decodes are recorded frame by frame, their sound in step', async () => {
  await using live = await LiveClass.start(2, CLIP_SEC)
  const clip = await makePatternClip(patternOf(FILE_PATTERN), CLIP_SEC)
  await using files = await FileServer.start(dirname(clip))
  await using folders = await makeFolders()
  const file = { id: 'file', type: 'video', url: files.url(basename(clip)), loop: true } as const
  const request = buildRequest(folders, {
    sources: [...live.sources, file],
    sourcePlayer: 'decoders',
    video: { ...SIZE, fps: 25, bitrateKbps: 2000 },
  })
  const run = startRecorder(request, REAL_PAGE)
  await run.event('started')
  await sleep(RECORD_MS)
  await run.order({ type: 'stop' })
  await run.done
  const states = run.events.flatMap((event) => (event.type === 'source' ? [`${event.sourceId} ${event.state}`] : []))
  console.log(
    states,
    run.log
      .filter(({ level }) => level !== 'debug')
      .map((l) => JSON.stringify(l))
      .join('\n'),
  )
  const patterns = [patternOf(0), patternOf(1), patternOf(FILE_PATTERN)]
  const input = join(folders.storePath, request.recordingId, 'index.m3u8')
  const film = await readFilm({ input, size: SIZE, patterns, sound: true })
  const fromSec = (film.pictures[0]?.ptsSec ?? 0) + SETTLED_SEC
  const sync = measureSync(film).map((points) => points.filter(({ ptsSec }) => ptsSec > fromSec))
  for (const [source, points] of sync.entries()) {
    const cadence = measureCadence(film, source, { fromSec, toSec: Number.POSITIVE_INFINITY })
    const p95 = quantile(
      points.map(({ offsetSec }) => Math.abs(offsetSec)),
      0.95,
    )
    console.log(
      source,
      cadence,
      points.map(({ offsetSec }) => Math.round(offsetSec * 1000)),
    )
    expect.soft(cadence).toMatchObject({ unreadable: 0, backwards: 0 })
    expect.soft(cadence.present).toBeGreaterThanOrEqual(PRESENT_MIN)
    expect.soft(points.length).toBeGreaterThan(10)
    expect.soft(p95).toBeLessThan(SYNC_P95_SEC)
  }
})
