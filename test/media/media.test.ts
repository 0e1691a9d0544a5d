import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFfmpeg, probe, startFfmpeg } from '../../src/media/index.ts'

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25']
/** FFmpeg ends by itself long before; only a broken kill reaches this. */
const ENDS_WITHIN_MS = 2_000
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorec-media-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('finds FFmpeg on the path and ffprobe beside it', async () => {
  const { ffmpeg, ffprobe } = await findFfmpeg()
  expect([ffmpeg, ffprobe]).toEqual([expect.stringMatching(/\/ffmpeg$/), expect.stringMatching(/\/ffprobe$/)])
  expect(await findFfmpeg(ffmpeg, '')).toEqual({ ffmpeg, ffprobe })
})

test('says where FFmpeg is missing', async () => {
  await expect(findFfmpeg(undefined, folder)).rejects.toMatchObject({ code: 'ffmpeg.not-found' })
  await expect(findFfmpeg('/nowhere/ffmpeg')).rejects.toThrow(/\/nowhere\/ffmpeg/)
})

test('makes a file from plain arguments, and probes it', async () => {
  const path = join(folder, 'plain.mp4')
  const sound = ['-f', 'lavfi', '-i', 'sine=sample_rate=48000']
  await using running = await startFfmpeg([...PICTURE, ...sound, '-t', '1', '-c:v', 'libx264', '-c:a', 'aac', path])
  await running.done
  const info = await probe(path)
  expect(info.durationSec).toBeCloseTo(1, 1)
  expect(info.streams).toMatchObject([
    { kind: 'video', codec: 'h264', width: 320, height: 180 },
    { kind: 'audio', codec: 'aac', sampleRate: 48000, channels: 1 },
  ])
})

test('makes a file from a fluent command', async () => {
  const path = join(folder, 'fluent.mp4')
  await using running = await startFfmpeg((command) => {
    command.input('testsrc2=size=320x180:rate=25').inputFormat('lavfi').duration(1).videoCodec('libx264').output(path)
  })
  await running.done
  expect((await probe(path)).streams).toMatchObject([{ codec: 'h264' }])
})

test('says why FFmpeg failed, with the last lines of its log', async () => {
  await using running = await startFfmpeg(['-i', join(folder, 'missing.mp4'), '-f', 'null', '-'])
  await expect(running.done).rejects.toMatchObject({ code: 'ffmpeg.failed' })
  await expect(running.done).rejects.toThrow(/missing\.mp4: No such file/)
})

test('ends FFmpeg when disposed and when aborted, and neither is an error', async () => {
  const stop = new AbortController()
  const endless = ['-re', ...PICTURE, '-f', 'null', '-']
  const disposed = await startFfmpeg(endless)
  const aborted = await startFfmpeg(endless, { signal: stop.signal })
  const startedAtMs = performance.now()
  stop.abort()
  await Promise.all([disposed[Symbol.asyncDispose](), aborted.done])
  await disposed.done
  expect(performance.now() - startedAtMs).toBeLessThan(ENDS_WITHIN_MS)
  for (const { pid } of [disposed, aborted]) expect(await readdir('/proc')).not.toContain(String(pid))
})

test('says what is no media', async () => {
  const path = join(folder, 'text.txt')
  await writeFile(path, 'hello')
  await expect(probe(path)).rejects.toMatchObject({ code: 'ffmpeg.failed' })
  await expect(probe(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
})
