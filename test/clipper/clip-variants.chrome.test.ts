import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { cutClip } from '../../src/clipper/cut-clip.ts'
import { planCut } from '../../src/clipper/plan-cut.ts'
import { SegmentCache } from '../../src/clipper/segment-cache.ts'
import { decodePictures, decodeSound, locateTile, readCounter, readFilm } from '../kit/index.ts'
import { findBeeps } from '../kit/watch/beeps.ts'
import { openClipBench, RECORDING } from './clip-call.ts'
import { PATTERN, SIZE } from './pattern-recording.ts'

const run = promisify(execFile)
const START_MS = 1_795_000_000_000
/** The tone filter of the kit knows an onset to about a millisecond. */
const BEEP_SEC = 0.002
const TAKE = { take: 1, startMs: START_MS, firstFrame: 0, endFrame: 250 }
const at = (fromMs: number, toMs: number, atMs = fromMs) => ({
  fromMs: START_MS + fromMs,
  toMs: START_MS + toMs,
  atMs: START_MS + atMs,
})

test('a recording without sound gives a clip without sound', async () => {
  await using bench = await openClipBench([{ ...TAKE, soundAfterSec: 'never' }])
  const clip = await bench.cut(bench.request(at(1320, 3000)))
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-show_entries',
    'stream=codec_type',
    '-of',
    'csv=p=0',
    clip.path,
  ])
  expect(stdout.trim()).toBe('video')
})

test('sound that begins late is late in the clip too, behind silence', async () => {
  await using bench = await openClipBench([{ ...TAKE, soundAfterSec: 1.5 }])
  const clip = await bench.cut(bench.request(at(520, 3520)))
  const { runs } = await decodeSound(clip.path)
  expect(runs.map(({ ptsSec }) => ptsSec)).toEqual([0])
  // The recording's beeps at 2 s and 3 s; that at 1 s was not recorded.
  const beeps = findBeeps(runs, PATTERN)
  expect(beeps).toHaveLength(2)
  expect(Math.abs((beeps[0] ?? 0) - 1.48)).toBeLessThan(BEEP_SEC)
  expect(Math.abs((beeps[1] ?? 0) - 2.48)).toBeLessThan(BEEP_SEC)
})

test('sound that came when its segment was closed already is taken from the next one', async () => {
  await using bench = await openClipBench([{ ...TAKE, soundLagSec: 2.2 }])
  const clip = await bench.cut(bench.request(at(520, 4000)))
  const { runs } = await decodeSound(clip.path)
  // One begins with the clip's end.
  const beeps = findBeeps(runs, PATTERN).filter((sec) => sec < 3.4)
  expect(beeps).toHaveLength(3)
  for (const [i, beep] of beeps.entries()) expect(Math.abs(beep - (i + 0.48))).toBeLessThan(BEEP_SEC)
  const ended = bench.segments.at(-1) ?? expect.unreachable()
  // Where nothing follows, the clip ends with silence.
  const last = await bench.cut(bench.request({ fromMs: ended.startMs, toMs: ended.startMs + ended.durationSec * 1000 }))
  expect(last.durationSec).toBeCloseTo(ended.durationSec, 2)
})

test('the poster shows the moment, the preview moves for three seconds around it and is small', async () => {
  await using bench = await openClipBench([TAKE])
  const { folder } = await bench.cut(bench.request(at(1320, 9000, 5000)))
  expect(await readdir(folder)).toEqual(['clip.mp4', 'poster.jpg', 'preview.webp'])
  const poster = await decodePictures(join(folder, 'poster.jpg'), SIZE, (picture) => {
    const tile = locateTile(picture, PATTERN)
    return tile && readCounter(picture, PATTERN, tile)
  })
  expect(poster.items.map(({ value }) => value)).toEqual([125])
  const preview = await readFile(join(folder, 'preview.webp'))
  expect(preview.byteLength).toBeLessThan(500_000)
  const { durationsMs, width, loops } = readAnimation(preview)
  expect({ width, loops }).toEqual({ width: SIZE.width, loops: 0 })
  expect(durationsMs.length).toBeGreaterThan(20)
  expect(durationsMs.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(3000)
})

test('a moment outside of the clip has the nearest picture as its poster', async () => {
  await using bench = await openClipBench([TAKE])
  const { folder } = await bench.cut(bench.request(at(1320, 2000, 0)))
  const { items } = await decodePictures(join(folder, 'poster.jpg'), SIZE, (picture) => {
    const tile = locateTile(picture, PATTERN)
    return tile && readCounter(picture, PATTERN, tile)
  })
  expect(items.map(({ value }) => value)).toEqual([33])
})

test('timestamps that begin anew after 26.5 hours are no joint', async () => {
  await using bench = await openClipBench([{ ...TAKE, offsetSec: 2 ** 33 / 90_000 - 0.5 - 3 }])
  const clip = await bench.cut(bench.request(at(1320, 5000)))
  const film = await readFilm({ input: clip.path, size: SIZE, patterns: [PATTERN] })
  expect(film.pictures.map(({ value }) => value.sources[0]?.counter)).toEqual(
    Array.from({ length: 92 }, (_, i) => 33 + i),
  )
  expect(clip.encodedFrames).toBe(17)
})

test('the pictures behind the first group are those of the recording, bit for bit', async () => {
  await using bench = await openClipBench([TAKE])
  const exact = await bench.cut(bench.request(at(2000, 4000)))
  const cut = await bench.cut(bench.request(at(2520, 4000)))
  expect([exact.encodedFrames, cut.encodedFrames]).toEqual([0, 12])
  const hashes = async (path: string) => {
    const args = ['-v', 'error', '-i', path, '-map', '0:v', '-c', 'copy', '-f', 'framehash', '-hash', 'md5', '-']
    const { stdout } = await run('ffmpeg', args)
    return stdout.split('\n').flatMap((line) => /^0,.*, *(\w{32})$/.exec(line)?.[1] ?? [])
  }
  const [all, some] = [await hashes(exact.path), await hashes(cut.path)]
  expect(some).toHaveLength(37)
  expect(some.slice(12)).toEqual(all.slice(25))
  expect((await stat(cut.path)).size).toBe(cut.bytes)
})

test('segments that do not fit into the memory make the same clip', async () => {
  await using bench = await openClipBench([TAKE])
  const request = bench.request(at(1320, 9000))
  const { path } = await bench.cut(request)
  const ffmpeg = { signal: new AbortController().signal }
  const cache = new SegmentCache({
    store: bench.store,
    recordingId: RECORDING,
    folder: bench.root,
    ...ffmpeg,
    memoryBytes: 0,
  })
  const segments = await cache.read(request)
  const plan = planCut(segments, { ...request, fps: 25 })
  const options = { fps: 25, atMs: request.atMs, segments, before: undefined, after: undefined, ffmpeg }
  const other = await cutClip(plan, { ...options, path: join(bench.root, 'other.mp4') })
  expect(await readdir(bench.root)).toContain('takes-1-0.ts')
  expect((await readFile(other.path)).equals(await readFile(path))).toBe(true)
})

/** The frames' durations, the width and the loop count of an animated WebP (its container specification). */
function readAnimation(bytes: Buffer): { durationsMs: number[]; width: number; loops: number | undefined } {
  const durationsMs: number[] = []
  let width = 0
  let loops: number | undefined
  for (let at = 12; at + 8 <= bytes.length; at += 8 + bytes.readUInt32LE(at + 4) + (bytes.readUInt32LE(at + 4) & 1)) {
    const type = bytes.toString('latin1', at, at + 4)
    if (type === 'VP8X') width = 1 + bytes.readUIntLE(at + 12, 3)
    if (type === 'ANIM') loops = bytes.readUInt16LE(at + 12)
    if (type === 'ANMF') durationsMs.push(bytes.readUIntLE(at + 20, 3))
  }
  return { durationsMs, width, loops }
}
