import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runFfmpeg } from '../../kit/service/child.ts'
import { makePatternClip } from '../../kit/sources/clip.ts'
import { FileServer } from '../../kit/sources/file-server.ts'
import { HlsServer } from '../../kit/sources/hls-server.ts'
import { PATTERN_FPS, patternOf } from '../../kit/sources/pattern.ts'
import { quantile } from '../../kit/watch/film.ts'
import { SourceHarness, tell } from '../harness.ts'

const CLIP_SEC = 8
const FRAMES = CLIP_SEC * PATTERN_FPS
const LIVE_CLIP_SEC = 120
/** Longer than what is buffered ahead, so that another level is loaded; and until that is played. */
const LEVELS_SEC = '40'
const FILL_MS = 3000
const SEEK_SEC = 12
const LEVEL_SEEN_WITHIN_MS = 20_000
const START_WITHIN_MS = 8000
/** From its beginning to its end a file takes as long as it is, and a busy machine's start. */
const END_WITHIN_MS = CLIP_SEC * 1000 + START_WITHIN_MS
/** Sound and picture are placed by the stream's own times. */
const IN_STEP_SEC = 0.005
/** Half of the frames come out at least so long before their time. */
const MOSTLY_LATE_MS = -100

let folder: string
let files: FileServer
let harness: SourceHarness
let clip: string
let liveClip: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorec-test-decoded-'))
  clip = await makePatternClip(patternOf(0), CLIP_SEC)
  liveClip = await makePatternClip(patternOf(0), LIVE_CLIP_SEC)
  for (const [name, options] of Object.entries(ON_DEMAND)) await makeOnDemand(name, options)
  files = await FileServer.start(folder)
  harness = await SourceHarness.start()
})
afterAll(async () => {
  await harness[Symbol.asyncDispose]()
  await files[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const COPY = ['-c', 'copy']
/** B-frames three deep, and sound at another rate than the mix. */
const B_FRAMES = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-g', '50', '-c:a', 'aac', '-ar', '44100']
/** The same sound, and more pixels. */
const LARGE = ['-vf', 'scale=960:540', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-c:a', 'copy']
const FMP4 = ['-hls_segment_type', 'fmp4']
/** Four seconds before the timestamps of MPEG-TS begin anew. */
const BEFORE_WRAP = ['-output_ts_offset', String(2 ** 33 / 90_000 - 4)]

/** The streams on demand: all are made before any is played, because encoders and decoders together are late. */
const ON_DEMAND = {
  'MPEG-TS': COPY,
  fMP4: [...COPY, ...FMP4],
  'B-frames and 44.1 kHz in MPEG-TS': B_FRAMES,
  'B-frames and 44.1 kHz in fMP4': [...B_FRAMES, ...FMP4],
  'timestamps that begin anew': [...COPY, ...BEFORE_WRAP],
  sound: ['-vn', '-c:a', 'copy'],
  seldom: ['-vf', `select=not(mod(n\\,${PATTERN_FPS}))`, '-fps_mode', 'vfr', '-g', '2', '-c:a', 'copy'],
  small: ['-t', LEVELS_SEC, ...COPY],
  large: ['-t', LEVELS_SEC, ...LARGE],
} as const

/** A playlist on demand, of segments of 2 s. */
async function makeOnDemand(name: string, options: readonly string[]): Promise<void> {
  const dir = dirname(pathOf(name))
  await mkdir(dir)
  const input = options[0] === '-t' ? liveClip : clip
  const list = ['-f', 'hls', '-hls_time', '2', '-hls_list_size', '0', '-hls_playlist_type', 'vod']
  await runFfmpeg(['-nostdin', '-i', input, ...options, ...list, pathOf(name)])
}

function pathOf(name: string): string {
  return join(folder, name.replaceAll(/\W+/g, '-'), 'index.m3u8')
}

function urlOf(name: keyof typeof ON_DEMAND): string {
  return files.url(relative(folder, pathOf(name)))
}

/** The greatest distance of a flash from the beep that belongs to it, seconds. */
function farthest(flashes: readonly number[], beeps: readonly number[]): number {
  return Math.max(...flashes.map((flash) => Math.min(...beeps.map((beep) => Math.abs(beep - flash)))))
}

const all = Array.from({ length: FRAMES }, (_, frame) => frame)

describe.concurrent('a stream on demand is decoded to its end, every frame once and its sound in step', () => {
  test.concurrent.each([
    'MPEG-TS',
    'fMP4',
    'B-frames and 44.1 kHz in MPEG-TS',
    'B-frames and 44.1 kHz in fMP4',
    'timestamps that begin anew',
  ] as const)('%s', async (name) => {
    const url = urlOf(name)
    await using source = await harness.decode({ id: name, type: 'hls', url })
    await source.waitFor('ended', { withinMs: END_WITHIN_MS })
    const view = await source.view()
    expect(
      view.counters.map(({ counter }) => counter),
      tell(view),
    ).toEqual(all)
    expect(view.unread).toBe(0)
    expect(view.beeps.length, `${view.beeps}`).toBe(CLIP_SEC)
    const apartSec = farthest(view.flashes, view.beeps)
    expect(apartSec).toBeLessThan(IN_STEP_SEC)
    expect(view.states.map(({ state }) => state)).toEqual(['live', 'ended'])
    const late = view.frames.map(({ lateMs }) => lateMs).sort((a, b) => a - b)
    console.log(
      `${name}: sound ${(apartSec * 1000).toFixed(1)} ms, frames ready ${-(late[late.length >> 1] ?? 0)} ms ahead`,
    )
  })

  test.concurrent('sound without a picture is live as long as it goes on', async () => {
    const url = urlOf('sound')
    await using source = await harness.decode({ id: 'sound', type: 'hls', url })
    await source.waitFor('ended', { withinMs: END_WITHIN_MS })
    const view = await source.view()
    expect(view.beeps.length).toBe(CLIP_SEC)
    expect(view.states.map(({ state }) => state)).toEqual(['live', 'ended'])
  })

  test.concurrent('pictures once a second, as of a shared screen', async () => {
    const url = urlOf('seldom')
    await using source = await harness.decode({ id: 'seldom', type: 'hls', url })
    await source.waitFor('ended', { withinMs: END_WITHIN_MS })
    const view = await source.view()
    expect(view.counters.map(({ counter }) => counter / PATTERN_FPS)).toEqual(all.slice(0, CLIP_SEC))
    expect(farthest(view.flashes, view.beeps), `${view.flashes} and ${view.beeps}`).toBeLessThan(IN_STEP_SEC)
    expect(view.states.map(({ state }) => state)).toEqual(['live', 'ended'])
  })
})

test.concurrent('a larger tile gets a better level, without a frame lost or shown twice', async () => {
  const master = [
    '#EXTM3U',
    '#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=320x180,CODECS="avc1.42c00d,mp4a.40.2"\nsmall/index.m3u8',
    '#EXT-X-STREAM-INF:BANDWIDTH=1500000,RESOLUTION=960x540,CODECS="avc1.64001f,mp4a.40.2"\nlarge/index.m3u8',
  ]
  await writeFile(join(folder, 'master.m3u8'), `${master.join('\n')}\n`)
  const tile = { width: 300, height: 160 }
  await using source = await harness.decode({ id: 'levels', type: 'hls', url: files.url('master.m3u8') }, { tile })
  await source.waitFor('live', { withinMs: START_WITHIN_MS })
  await sleep(FILL_MS)
  await source.setTileSize({ width: 900, height: 500 })
  await source.steer({ byMs: SEEK_SEC * 1000 })
  const deadlineMs = Date.now() + LEVEL_SEEN_WITHIN_MS
  while ((await source.view()).width !== 960 && Date.now() < deadlineMs) await sleep(200)
  await sleep(1000)
  const whole = await source.view()
  const from = whole.frames.findIndex(({ mediaSec }) => mediaSec >= SEEK_SEC)
  const view = { ...whole, frames: whole.frames.slice(from), counters: whole.counters.slice(from) }
  expect([...new Set(view.frames.map(({ width }) => width))], tell(view)).toEqual([320, 960])
  const counters = view.counters.map(({ counter }) => counter)
  expect(counters, tell(view)).toEqual(counters.map((_, i) => (counters[0] ?? 0) + i))
  const flashes = view.flashes.filter((sec) => sec > (view.frames[0]?.mediaSec ?? 0) + 1).slice(0, -1)
  expect(flashes.length).toBeGreaterThan(3)
  expect(farthest(flashes, view.beeps)).toBeLessThan(IN_STEP_SEC)
})

test.concurrent('a hidden source goes on, and is decoded whole again as soon as it is seen', async () => {
  await using server = await (await HlsServer.start({ clip: liveClip })).ready(4)
  await using source = await harness.decode({ id: 'hidden', type: 'hls', url: server.url })
  await source.waitFor('live', { withinMs: START_WITHIN_MS })
  await source.setTileSize()
  await sleep(1000)
  const hidden = await source.view()
  await sleep(5000)
  const before = await source.view()
  expect(before.frames.length - hidden.frames.length).toBeLessThan(10)
  expect(before.beeps.length).toBeGreaterThan(hidden.beeps.length + 3)
  const seenMs = Date.now()
  await source.setTileSize({ width: 320, height: 180 })
  await sleep(1000)
  const view = await source.view()
  expect(view.states.map(({ state }) => state)).toEqual(['live'])
  expect(view.frames.filter(({ atMs }) => atMs > seenMs).length).toBeGreaterThan(20)
})

test.concurrent('a live stream is decoded with every frame, sound in step, and early enough', async () => {
  await using server = await (await HlsServer.start({ clip: liveClip })).ready(4)
  await using source = await harness.decode({ id: 'live', type: 'hls', url: server.url })
  await source.waitFor('live', { withinMs: START_WITHIN_MS })
  await sleep(12_000)
  const view = await source.view()
  const counters = view.counters.map(({ counter }) => counter)
  expect(counters).toEqual(counters.map((_, i) => (counters[0] ?? 0) + i))
  expect(farthest(view.flashes.slice(1, -1), view.beeps)).toBeLessThan(IN_STEP_SEC)
  expect(
    quantile(
      view.frames.map(({ lateMs }) => lateMs),
      0.5,
    ),
  ).toBeLessThan(MOSTLY_LATE_MS)
  expect(view.states.map(({ state }) => state)).toEqual(['live'])
})

test.concurrent('a file is decoded to its end, and with a loop over its seam', async () => {
  await using clips = await FileServer.start(dirname(clip))
  const url = clips.url(basename(clip))
  await using once = await harness.decode({ id: 'once', type: 'video', url })
  await using loop = await harness.decode({ id: 'loop', type: 'video', url, loop: true })
  await once.waitFor('ended', { withinMs: END_WITHIN_MS })
  await sleep(3000)
  const [view, turns] = [await once.view(), await loop.view()]
  expect(
    view.counters.map(({ counter }) => counter),
    tell(view),
  ).toEqual(all)
  expect(farthest(view.flashes, view.beeps)).toBeLessThan(IN_STEP_SEC)
  const counters = turns.counters.map(({ counter }) => counter)
  expect(counters, tell(turns)).toEqual(counters.map((_, i) => i % FRAMES))
  expect(counters.length).toBeGreaterThan(FRAMES + PATTERN_FPS)
  expect(turns.states.map(({ state }) => state)).toEqual(['live'])
})
