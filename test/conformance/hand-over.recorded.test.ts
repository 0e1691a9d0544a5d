import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import {
  continuousParts,
  decodeSound,
  FileServer,
  findBeeps,
  type Pattern,
  parsePlaylist,
  playInChrome,
  quantile,
  type RecordedPart,
  type RecordedTime,
} from '../kit/index.ts'
import { SAMPLE_RATE } from '../kit/watch/decode.ts'
import { slipAt } from '../kit/watch/slip.ts'
import { EVENTFUL_PATTERNS, EVENTFUL_VIDEO } from './classes/eventful-class.ts'
import { type RecordedClass, readClass } from './classes/read-class.ts'
import { readEventful, stretchesOf } from './eventful-recording.ts'
import { HLS_SYNC_P95_SEC } from './tolerances.ts'

/** The soak has ten, and its figures. */
const HAND_OVERS = 2
const FPS = EVENTFUL_VIDEO.fps
/** Two roundings of PROGRAM-DATE-TIME. */
const DATE_MS = 2
/** Between two beeps. */
const BEEP_P95_MS = 20
const BEEP_MAX_MS = 150
/** Samples: the sound of a take ends with a whole frame, its pictures anywhere in one. */
const AAC_FRAME = 1024
/** The page waits so long for sound at most before it encodes without it, and a little more until it is out. */
const SOUND_BEHIND_SEC = 0.5
/** Beeps that are looked at on each side of a border. */
const AROUND_MS = 3500
/** Where a beep lasts over a border, both takes have its tone. */
const SAME_BEEP_MS = 100
/** Flashes and beeps at the beginning of a stretch: a player may skip until it plays in real time. */
const SETTLING = 2
const PLAY_RATE = 6

let lesson: RecordedClass<'eventful'>
let recorded: RecordedTime
let index: string
/** Unbroken stretches in which takes handed over. */
let stretches: readonly (readonly RecordedPart[])[]
beforeAll(async () => {
  lesson = await readClass('eventful')
  recorded = await readEventful(lesson)
  index = await readFile(join(lesson.dir, 'index.m3u8'), 'utf8')
  stretches = stretchesOf(recorded).filter((parts) => parts.length > 1)
})

test('a recording with `maxTakeSec` goes on in a new recorder again and again, and never says that it does not record', () => {
  const { handovers, states, recording } = lesson.story
  expect(handovers).toHaveLength(HAND_OVERS)
  expect(states).toEqual(['recording'])
  expect(recording).toMatchObject({ state: 'completed', error: null })
  for (const take of recording.takes.slice(0, HAND_OVERS)) expect(take.error).toBeNull()
})

test('the manifest has every take', async () => {
  const manifest = JSON.parse(await readFile(join(lesson.dir, 'recording.json'), 'utf8'))
  expect(manifest).toMatchObject({ state: 'completed', error: null })
  expect(manifest.takes).toHaveLength(lesson.story.recording.takes.length)
})

test('every source is in step, and no frame of it is lost or doubled at the border', () => {
  const { handovers } = lesson.story
  for (const { sources } of handovers) {
    expect(sources).toHaveLength(EVENTFUL_PATTERNS.length)
    expect(sources.filter(({ inStep }) => !inStep)).toEqual([])
  }
  const slips = handovers.map(({ atMs }) =>
    EVENTFUL_PATTERNS.map((_, source) => slipAt(recorded.pictures, source, { borderMs: atMs, fps: FPS })),
  )
  expect(slips).toEqual(handovers.map(() => EVENTFUL_PATTERNS.map(() => 0)))
})

test('every picture that the playlist lists is there, and takes follow each other without a gap in time', () => {
  const segments = parsePlaylist(index).playlist?.segments ?? []
  const listedSec = segments.reduce((sum, { duration }) => sum + duration, 0)
  expect(recorded.parts.reduce((sum, { film }) => sum + film.pictures.length, 0)).toBe(Math.round(listedSec * FPS))
  const takeOf = (uri = '') => uri.split('/')[1]
  const borders = segments
    .flatMap(({ programDateTime, uri, discontinuity }, i) => {
      const before = segments[i - 1]
      if (before === undefined || takeOf(before.uri) === takeOf(uri)) return []
      expect(discontinuity).toBe(true)
      const dueMs = (before.programDateTime?.getTime() ?? 0) + before.duration * 1000
      return [{ gapMs: (programDateTime?.getTime() ?? 0) - dueMs }]
    })
    .slice(0, HAND_OVERS)
  expect(borders).toHaveLength(HAND_OVERS)
  for (const { gapMs } of borders) expect(Math.abs(gapMs)).toBeLessThanOrEqual(DATE_MS)
  expect(stretches.flatMap((parts) => parts.slice(1))).toHaveLength(HAND_OVERS)
})

test('the sound of takes that hand over is one unbroken run of samples', async () => {
  await using stretchFiles = await writeStretches()
  for (const { path, listedSec, takes } of stretchFiles.stretches) {
    const { runs } = await decodeSound(path)
    // Timestamps leave the first take's zero at its end; behind that all takes are one unbroken run of samples.
    expect(runs.length).toBeLessThanOrEqual(2)
    const samples = runs.reduce((sum, run) => sum + run.samples.length, 0)
    expect(Math.abs(samples - listedSec * SAMPLE_RATE)).toBeLessThanOrEqual(takes * AAC_FRAME)
  }
})

test('the sound goes on over the border without a gap, beep by beep', () => {
  const offMs = stretches.flatMap((parts) =>
    EVENTFUL_PATTERNS.flatMap((pattern) => betweenMs(beepsOf(parts, pattern).slice(SETTLING)).map(offSecond)),
  )
  expect(quantile(offMs, 0.95)).toBeLessThan(BEEP_P95_MS)
  for (const { fromMs: borderMs } of stretches.flatMap((parts) => parts.slice(1))) {
    for (const pattern of EVENTFUL_PATTERNS) {
      const around = beepsOf(recorded.parts, pattern).filter((atMs) => Math.abs(atMs - borderMs) < AROUND_MS)
      expect(around.length).toBeGreaterThanOrEqual(Math.floor((2 * AROUND_MS) / 1000) - 1)
      expect(Math.max(...betweenMs(around).map(offSecond))).toBeLessThan(BEEP_MAX_MS)
    }
  }
})

test('sound and picture stay in step in every take', () => {
  for (const points of recorded.sync) {
    const offsets = stretches.flatMap((parts) => {
      const [fromMs, toMs] = [parts[0]?.fromMs ?? 0, parts.at(-1)?.toMs ?? 0]
      const inside = points.filter(({ wallMs }) => wallMs >= fromMs && wallMs < toMs).slice(SETTLING)
      expect(inside.length).toBeGreaterThan(SETTLING)
      return inside.map(({ offsetSec }) => Math.abs(offsetSec))
    })
    expect(quantile(offsets, 0.95)).toBeLessThan(HLS_SYNC_P95_SEC)
  }
})

test('hls.js plays it to its end, over hand-overs, pauses and the death of Chrome', async () => {
  const listedSec = listedSecOf(index)
  await using server = await FileServer.start(lesson.dir)
  const viewing = await playInChrome(server.url('index.m3u8'), { rate: PLAY_RATE, fromSec: 0 })
  expect(viewing.ended).toBe(true)
  expect(viewing.errors.filter((error) => error.includes('fatal'))).toEqual([])
  expect(viewing.positionSec).toBeGreaterThan(listedSec - 1)
})

function listedSecOf(text: string): number {
  return (parsePlaylist(text).playlist?.segments ?? []).reduce((sum, { duration }) => sum + duration, 0)
}

/** The wall time of each beep of a source. */
function beepsOf(parts: readonly RecordedPart[], pattern: Pattern): number[] {
  const beeps = parts.flatMap(({ fromMs, film }) => {
    const zeroMs = fromMs - (film.pictures[0]?.ptsSec ?? 0) * 1000
    return findBeeps(film.sound ?? [], pattern).map((sec) => zeroMs + sec * 1000)
  })
  return beeps.filter((atMs, i) => atMs - (beeps[i - 1] ?? Number.NEGATIVE_INFINITY) > SAME_BEEP_MS)
}

function betweenMs(beeps: readonly number[]): number[] {
  return beeps.slice(1).map((atMs, i) => atMs - (beeps[i] ?? 0))
}

const offSecond = (ms: number): number => Math.abs(ms - 1000)

/** A playlist for each stretch, with its borders, and without its last segment. */
/** A stretch that ends with the death of Chrome has less sound than pictures in its last segments: no hand-over's doing. */
function withoutEnd(playlist: string): string {
  const upToSec = listedSecOf(playlist) - SOUND_BEHIND_SEC
  let text = playlist
  while (listedSecOf(text) > upToSec) text = text.slice(0, text.lastIndexOf('#EXT-X-PROGRAM-DATE-TIME:'))
  return text
}

async function writeStretches() {
  const folder = await mkdtemp(join(tmpdir(), 'panorec-stretches-'))
  const texts = continuousParts(index).map((text) => text.replaceAll(/^(?=takes\/)/gm, `${lesson.dir}/`))
  const written: { readonly path: string; readonly listedSec: number; readonly takes: number }[] = []
  for (const parts of stretches) {
    const from = recorded.parts.indexOf(parts[0] ?? expect.unreachable())
    const [first = '', ...others] = texts.slice(from, from + parts.length)
    const bodies = others.map((text) => text.slice(text.search(/^#EXT(INF|-X-PROGRAM-DATE-TIME)/m)))
    const joined = [first, ...bodies].map((text) => text.replace('#EXT-X-ENDLIST\n', '')).join('#EXT-X-DISCONTINUITY\n')
    const path = join(folder, `${from}.m3u8`)
    const text = `${withoutEnd(joined)}#EXT-X-ENDLIST\n`
    await writeFile(path, text)
    written.push({ path, listedSec: listedSecOf(text), takes: parts.length })
  }
  return { stretches: written, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
