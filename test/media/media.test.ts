import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { findFfmpeg, probe } from '../../src/media/index.ts'
import { type FfmpegWork, runFfmpeg, streamFfmpeg } from '../../src/media/run-ffmpeg.ts'

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

/** Ends only when it is killed, or when nobody reads what it writes. */
const endless: FfmpegWork = {
  build: (command, { stdout }) =>
    command.input('sine').inputFormat('lavfi').inputOptions('-v', 'error', '-nostdin').output(stdout).format('s16le'),
}

/** The processes of this one that are FFmpegs. */
async function running(): Promise<readonly string[]> {
  const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')
  const names = children.split(' ').filter((pid) => pid !== '')
  return await Promise.all(names.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')))
}

afterEach(async () => expect(await running()).not.toContain('ffmpeg\n'))

test('makes a file, and probes it', async () => {
  const path = join(folder, 'made.mp4')
  const work: FfmpegWork = {
    build(command) {
      command.input('testsrc2=size=320x180:rate=25').inputFormat('lavfi').inputOptions('-v', 'error', '-nostdin')
      command.input('sine=sample_rate=48000').inputFormat('lavfi')
      command.output('made.mp4').duration(1).videoCodec('libx264').audioCodec('aac')
    },
    folder,
  }
  expect(await runFfmpeg(work)).toEqual({ output: Buffer.alloc(0), complaints: [] })
  const info = await probe(path)
  expect(info.durationSec).toBeCloseTo(1, 1)
  expect(info.streams).toMatchObject([
    { kind: 'video', codec: 'h264', width: 320, height: 180 },
    { kind: 'audio', codec: 'aac', sampleRate: 48000, channels: 1 },
  ])
})

test('says why FFmpeg failed, with the last lines of its log', async () => {
  const missing = runFfmpeg({
    build: (command, { stdout }) => command.input(join(folder, 'missing.mp4')).output(stdout).format('s16le'),
  })
  await expect(missing).rejects.toMatchObject({
    code: 'ffmpeg.failed',
    details: { code: expect.any(Number), signal: null },
  })
  await expect(missing).rejects.toThrow(/FFmpeg ended with code \d+: .*missing\.mp4.*No such file/)
})

test('kills FFmpeg when it is aborted, at whatever moment, and throws the reason', async () => {
  for (const afterMs of [0, 1, 20, 400]) {
    const stop = new AbortController()
    const running = runFfmpeg(endless, { signal: stop.signal })
    setTimeout(() => stop.abort(new Error('stopped')), afterMs)
    await expect(running).rejects.toThrow('stopped')
  }
})

test('kills FFmpeg when its reader leaves', async () => {
  let bytes = 0
  for await (const part of streamFfmpeg(endless).output) {
    bytes += part.byteLength
    if (bytes > 1_000_000) break
  }
  expect(bytes).toBeGreaterThan(1_000_000)
})

const SECOND_OF_SILENCE = new Uint8Array(96_000)
const encode: FfmpegWork['build'] = (command, { stdin, stdout }) => {
  command.input(stdin).inputFormat('s16le').inputOptions('-v', 'error', '-ar', '48000', '-ac', '1')
  command.output(stdout).audioCodec('aac').format('adts')
}

test('an input that fails ends FFmpeg, and its error is the one that is thrown', async () => {
  const input = (async function* () {
    yield SECOND_OF_SILENCE
    throw new Error('the store is gone')
  })()
  await expect(runFfmpeg({ build: encode, input })).rejects.toThrow('the store is gone')
})

test('takes no more input than FFmpeg reads, and lets go of what it leaves', async () => {
  let [given, isClosed] = [0, false]
  const input = (async function* () {
    try {
      for (; given < 10_000; given += 1) yield SECOND_OF_SILENCE
    } finally {
      isClosed = true
    }
  })()
  const build: FfmpegWork['build'] = (command, pipes) => {
    encode(command, pipes)
    command.inputOptions('-t', '2')
  }
  const { output } = await runFfmpeg({ build, input })
  expect(output.byteLength).toBeGreaterThan(0)
  expect(given).toBeLessThan(100)
  await vi.waitFor(() => expect(isClosed).toBe(true))
})

test('says what is no media', async () => {
  const path = join(folder, 'text.txt')
  await writeFile(path, 'hello')
  await expect(probe(path)).rejects.toMatchObject({ code: 'ffmpeg.failed' })
  await expect(probe(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
})
