import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runClip } from '../../src/clipper/index.ts'
import { parsePlaylist, type Segment } from '../../src/playlist/index.ts'
import { EVENTFUL_PATTERNS, EVENTFUL_VIDEO } from '../conformance/classes/eventful-class.ts'
import { copyClass } from '../conformance/classes/read-class.ts'
import { readEventful } from '../conformance/eventful-recording.ts'
import { FileServer, type Film, measureSync, playFilmInChrome, readFilm } from '../kit/index.ts'

const { width, height, fps: FPS } = EVENTFUL_VIDEO
const SIZE = { width, height }
/** A clip's beep against the same of the recording: the tone filter knows an onset to about a millisecond. */
const SYNC_SEC = 0.002
/** A beep that is cut has another onset. */
const EDGE_SEC = 0.1
const FROM_SEC = 3.33
const TO_SEC = 11.5
const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

let root: string
let recordingId: string
/** Of the first take, from where it was resumed. */
let segments: readonly Segment[]
let recording: Awaited<ReturnType<typeof copyClass<'eventful'>>>

/** A recording of the real page: H.264 of Chrome's own encoder, AAC of libavcodec as WASM. */
beforeAll(async () => {
  recording = await copyClass('eventful')
  recordingId = recording.story.id
  root = dirname(recording.dir)
  const listed = parsePlaylist(await readFile(join(recording.dir, 'index.m3u8'), 'utf8'))?.segments ?? []
  const first = listed.findIndex(({ durationSec }, i) => i > 0 && durationSec > 0)
  segments = listed.slice(first).filter(({ uri }) => uri.startsWith('takes/1/'))
})
afterAll(() => recording?.[Symbol.asyncDispose]())

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

const read = (input: string): Promise<Film> => readFilm({ input, size: SIZE, patterns: EVENTFUL_PATTERNS, sound: true })
const countersOf = ({ pictures }: Film) => pictures.map(({ value }) => value.sources.map(({ counter }) => counter))

test('a clip of a real recording is exact, and in step as the recording is', async () => {
  const recorded = await readEventful(recording)
  const film = await read(join(root, await cut('hl_1', FROM_SEC, TO_SEC)))
  expect(film.complaints).toEqual([])
  const zeroMs = segments[0]?.programDateTimeMs ?? 0
  // The first picture is the first at or after the beginning, to a millisecond of the playlist's times.
  const [fromMs, toMs] = [zeroMs + FROM_SEC * 1000 - 1, zeroMs + TO_SEC * 1000 - 1]
  const inRange = recorded.pictures.filter(({ wallMs }) => wallMs >= fromMs && wallMs < toMs)
  expect(inRange.length).toBeGreaterThan((TO_SEC - FROM_SEC) * FPS * 0.9)
  expect(countersOf(film)).toEqual(inRange.map(({ counters }) => counters))
  const beganMs = inRange[0]?.wallMs ?? Number.NaN
  expect(film.pictures.map(({ ptsSec }) => Math.round(ptsSec * FPS))).toEqual(
    inRange.map(({ wallMs }) => Math.round(((wallMs - beganMs) * FPS) / 1000)),
  )
  for (const [source, kept] of measureSync(film).entries()) {
    const inside = kept.filter(({ ptsSec }) => ptsSec > EDGE_SEC && ptsSec < TO_SEC - FROM_SEC - EDGE_SEC)
    expect(inside.length).toBeGreaterThanOrEqual(7)
    for (const { ptsSec, offsetSec } of inside) {
      const same = recorded.sync[source]?.find(({ wallMs }) => Math.abs(wallMs - beganMs - ptsSec * 1000) < 500 / FPS)
      expect(Math.abs(offsetSec - (same?.offsetSec ?? Number.NaN)), `the beep at ${ptsSec} s`).toBeLessThan(SYNC_SEC)
    }
  }
})

test('a plain video element of Chrome decodes every picture, and shows the right ones from the first and over the joint', async () => {
  const key = await cut('hl_2', 4.52, 9)
  const film = await read(join(root, key))
  const counters = countersOf(film).map(([first]) => first)
  const { panel } = film.pictures[0]?.value.sources[0]?.tile ?? expect.unreachable('the first source is not shown')
  await using server = await FileServer.start(root)
  const showing = await playFilmInChrome(server.url(key), EVENTFUL_PATTERNS[0] ?? expect.unreachable(), {
    x: panel.x / width,
    y: panel.y / height,
    width: panel.width / width,
    height: panel.height / height,
  })
  expect(showing).toMatchObject({ errors: [], ended: true, frames: counters.length })
  expect(counters.length).toBe(112)
  expect(showing.durationSec).toBeCloseTo(4.48, 3)
  expect(showing.first).toEqual({ mediaSec: 0, counter: counters[0] })
  expect(showing.stepped.map(({ counter }) => counter)).toEqual(counters)
  // A busy machine puts fewer on the screen than it decodes; each that it puts there is the one of its time.
  expect(showing.shown).not.toEqual([])
  for (const { mediaSec, counter } of showing.shown) expect(counter).toBe(counters[Math.round(mediaSec * FPS)])
})
