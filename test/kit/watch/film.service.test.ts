import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runFfmpeg } from '../service/child.ts'
import { CLIP_SIZE, makePatternClip } from '../sources/clip.ts'
import { patternOf } from '../sources/pattern.ts'
import { longestGapSec, measureCadence, measureSync, quantile, readFilm } from './film.ts'

const SECONDS = 10
const SIZE = { width: 1280, height: 720 }
/** AAC smears an onset by up to this much. */
const ONSET_TOLERANCE_SEC = 0.004
const patterns = [0, 1, 2].map(patternOf)

let dir = ''
let clips: string[] = []
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'panorec-kit-test-'))
  clips = await Promise.all(patterns.map((pattern) => makePatternClip(pattern, SECONDS)))
})
afterAll(() => rm(dir, { recursive: true }))

/** Three small tiles on a dark picture, at a bit rate as low as a recording's, as MPEG-TS. */
async function compose(name: string, extra: { video?: string; beforeSecondInput?: string[] } = {}): Promise<string> {
  const path = join(dir, name)
  const tiles = '[0:v]scale=304:-2[a];[1:v]scale=304:-2[b];[2:v]scale=480:-2[c];color=0x202020:s=1280x720:r=25[d]'
  const place = '[d][a]overlay=16:16:shortest=1[e];[e][b]overlay=400:33[f];[f][c]overlay=720:400'
  await runFfmpeg([
    ...['-i', clips[0] ?? '', ...(extra.beforeSecondInput ?? []), '-i', clips[1] ?? '', '-i', clips[2] ?? ''],
    ...['-filter_complex', `${tiles};${place}${extra.video ?? ''}[v];[0:a][1:a][2:a]amix=inputs=3[s]`],
    ...['-map', '[v]', '-map', '[s]', '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '600k', '-maxrate', '600k'],
    ...['-bufsize', '300k', '-fps_mode', 'passthrough', '-c:a', 'aac', '-b:a', '96k', '-f', 'mpegts', path],
  ])
  return path
}

describe('the check of a recording', () => {
  test('sees every frame of small tiles and sound in step', async () => {
    const input = await compose('good.ts')
    const film = await readFilm({ input, size: SIZE, patterns, sound: true })
    const sync = measureSync(film)
    patterns.forEach((_, i) => {
      expect(measureCadence(film, i)).toMatchObject({ present: 1, repeated: 0, unreadable: 0, backwards: 0 })
      const offsets = (sync[i] ?? []).map((point) => Math.abs(point.offsetSec))
      expect(offsets).toHaveLength(SECONDS)
      expect(quantile(offsets, 0.95)).toBeLessThan(ONSET_TOLERANCE_SEC)
    })
    expect(film.complaints).toEqual([])
    const visible = film.pictures[0]?.value.sources[1]?.tile?.visible
    expect(visible?.x).toBeCloseTo(400, -1)
    expect(visible?.width).toBeCloseTo(304, -1)
  })

  test('sees a source whose sound is 80 ms early', async () => {
    const clip = join(dir, 'early.mp4')
    await runFfmpeg([
      ...['-i', clips[1] ?? '', '-itsoffset', '-0.08', '-i', clips[1] ?? ''],
      ...['-map', '0:v', '-map', '1:a', '-c:v', 'copy', '-af', 'aresample=async=1:first_pts=0', clip],
    ])
    const film = await readFilm({ input: clip, size: CLIP_SIZE, patterns: [patternOf(1)], sound: true })
    const [points = []] = measureSync(film)
    const offsets = points.map((point) => point.offsetSec)
    expect(quantile(offsets, 0.5)).toBeGreaterThan(-0.08 - ONSET_TOLERANCE_SEC)
    expect(quantile(offsets, 0.5)).toBeLessThan(-0.08 + ONSET_TOLERANCE_SEC)
  })

  test('sees lost and repeated frames', async () => {
    const film = await readFilm({ input: await compose('lossy.ts', { video: ',fps=20,fps=25' }), size: SIZE, patterns })
    const { present, repeated } = measureCadence(film, 0)
    expect(present).toBeCloseTo(0.8, 1)
    expect(repeated).toBeCloseTo(0.2, 1)
  })

  test('sees a hole', async () => {
    const input = await compose('hole.ts', { video: ",select='lt(n,100)+gt(n,149)'" })
    const film = await readFilm({ input, size: SIZE, patterns })
    expect(longestGapSec(film)).toBeCloseTo(2.04, 2)
    expect(measureCadence(film, 1).longestFreezeSec).toBeLessThan(0.001)
  })
})
