import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { findFfmpeg } from '../../src/media/find-ffmpeg.ts'
import { probe, tryFfmpeg } from '../../src/media/index.ts'
import { type FfmpegWork, runFfmpeg, STDIN, STDOUT, streamFfmpeg } from '../../src/media/run-ffmpeg.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorec-media-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('finds FFmpeg on the path and ffprobe beside it', async () => {
  const { ffmpeg, ffprobe } = await findFfmpeg()
  expect([ffmpeg, ffprobe]).toEqual([expect.stringMatching(/\/ffmpeg$/), expect.stringMatching(/\/ffprobe$/)])
  expect(await findFfmpeg(ffmpeg, '')).toEqual({ ffmpeg, ffprobe })
  expect(await tryFfmpeg({})).toEqual({ ffmpeg, ffprobe, version: expect.stringMatching(/^\S+$/) })
})

test('says where FFmpeg is missing', async () => {
  await expect(findFfmpeg(undefined, folder)).rejects.toMatchObject({ code: 'ffmpeg.not-found' })
  await expect(findFfmpeg('/nowhere/ffmpeg')).rejects.toThrow(/\/nowhere\/ffmpeg/)
})

/** Ends only when it is killed, or when nobody reads what it writes. */
const endless: FfmpegWork = {
  build: (command) =>
    command.input('sine').inputFormat('lavfi').inputOptions('-v', 'error', '-nostdin').output(STDOUT).format('s16le'),
}

/** The names of this process's children. */
async function running(): Promise<readonly string[]> {
  const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')
  const names = children.split(' ').filter((pid) => pid !== '')
  return await Promise.all(names.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')))
}

afterEach(async () => {
  for (const name of await running()) expect(name).not.toMatch(/^ff(mpeg|probe)$/m)
})

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
    build: (command) => command.input(join(folder, 'missing.mp4')).output(STDOUT).format('s16le'),
  })
  await expect(missing).rejects.toMatchObject({
    code: 'ffmpeg.failed',
    details: { code: expect.any(Number), signal: null },
  })
  await expect(missing).rejects.toThrow(/FFmpeg ended with code \d+: .*missing\.mp4.*No such file/)
})

/** A file that may be executed and cannot: the program that is to read it does not exist. */
async function makeBroken(name: 'ffmpeg' | 'ffprobe'): Promise<string> {
  const path = join(await mkdtemp(join(folder, 'broken-')), name)
  await writeFile(path, '#!/nowhere/interpreter\n')
  await chmod(path, 0o755)
  return path
}

test('an FFmpeg that cannot be started is a failure with the reason, and lets go of its input', async () => {
  let isClosed = false
  const input = (async function* () {
    try {
      for (;;) yield SECOND_OF_SILENCE
    } finally {
      isClosed = true
    }
  })()
  const ffmpegPath = await makeBroken('ffmpeg')
  const failed = runFfmpeg({ build: encode, input }, { ffmpegPath })
  await expect(failed).rejects.toMatchObject({
    code: 'ffmpeg.failed',
    details: { code: null, signal: null, lines: [] },
  })
  await expect(failed).rejects.toThrow(`FFmpeg could not be started: spawn ${ffmpegPath} ENOENT`)
  await vi.waitFor(() => expect(isClosed).toBe(true))
})

test('so is one whose folder does not exist, and one with a command that is too long', async () => {
  await expect(runFfmpeg({ ...endless, folder: join(folder, 'gone') })).rejects.toMatchObject({
    code: 'ffmpeg.failed',
    message: expect.stringMatching(/could not be started: .*gone.*ENOENT/),
  })
  const long: FfmpegWork['build'] = (command) =>
    command
      .input('sine')
      .inputFormat('lavfi')
      .inputOptions('-metadata', `title=${'a'.repeat(1_000_000)}`)
      .output(STDOUT)
  await expect(runFfmpeg({ build: long })).rejects.toMatchObject({
    code: 'ffmpeg.failed',
    message: expect.stringMatching(/^FFmpeg could not be started: spawn E2BIG$/),
  })
})

test('an ffprobe that cannot be started is a failure with the reason, too', async () => {
  const ffprobe = await makeBroken('ffprobe')
  const ffmpegPath = join(ffprobe, '..', 'ffmpeg')
  await symlink((await findFfmpeg()).ffmpeg, ffmpegPath)
  await expect(probe('any.mp4', { ffmpegPath })).rejects.toMatchObject({
    code: 'ffmpeg.failed',
    message: `ffprobe could not be started: spawn ${ffprobe} ENOENT`,
  })
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
const encode: FfmpegWork['build'] = (command) => {
  command.input(STDIN).inputFormat('s16le').inputOptions('-v', 'error', '-ar', '48000', '-ac', '1')
  command.output(STDOUT).audioCodec('aac').format('adts')
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
  const build: FfmpegWork['build'] = (command) => {
    encode(command)
    command.inputOptions('-t', '2')
  }
  const { output } = await runFfmpeg({ build, input })
  expect(output.byteLength).toBeGreaterThan(0)
  expect(given).toBeLessThan(100)
  await vi.waitFor(() => expect(isClosed).toBe(true))
})

test('kills ffprobe when it is aborted, though its file gives nothing', async () => {
  const path = join(folder, 'silent.fifo')
  execFileSync('mkfifo', [path])
  const stop = new AbortController()
  const probing = probe(path, { signal: stop.signal })
  await vi.waitFor(async () => expect(await running()).toContain('ffprobe\n'))
  stop.abort(new Error('stopped'))
  await expect(probing).rejects.toThrow('stopped')
})

test('says what is no media', async () => {
  const path = join(folder, 'text.txt')
  await writeFile(path, 'hello')
  await expect(probe(path)).rejects.toMatchObject({ code: 'ffmpeg.failed' })
  await expect(probe(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
})
