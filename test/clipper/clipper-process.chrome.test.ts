import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClipperEvent, ClipRequest } from '../../src/protocol/index.ts'
import { readFilm } from '../kit/index.ts'
import { type ClipBench, openClipBench, RECORDING } from './clip-call.ts'
import { PATTERN, SIZE } from './pattern-recording.ts'

const SCRIPT = fileURLToPath(new URL('../../dist/functions/clipper.js', import.meta.url))
const START_MS = 1_795_000_000_000
const RANGE = { fromMs: START_MS + 1320, toMs: START_MS + 6000 }
/** A process that was told to end needs no more than to end its FFmpeg; a busy machine takes its time. */
const ENDS_WITHIN_MS = 15_000

let bench: ClipBench
beforeAll(async () => {
  bench = await openClipBench([{ take: 1, startMs: START_MS, firstFrame: 0, endFrame: 250 }])
})
afterAll(() => bench[Symbol.asyncDispose]())

/** Starts a clip function with its request; `answer` is undefined when it ended without one. */
function start(clip: ClipRequest) {
  // What a killed process leaves behind goes with the bench, as it goes with the folder that a worker gives it.
  const env = { ...process.env, TMPDIR: bench.root }
  const child = fork(SCRIPT, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env })
  let answer: ClipperEvent | undefined
  child.on('message', (message) => {
    answer = message as ClipperEvent
  })
  child.send({ type: 'clip', clip })
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, answer }))
  return { child, ended }
}

const stored = (clip: ClipRequest): Promise<string[]> =>
  readdir(join(bench.root, RECORDING, 'highlights', clip.highlightId)).catch(() => [])

test('answers with the clip that it stored, and ends', async () => {
  const request = bench.request(RANGE)
  const { code, answer } = await start(request).ended
  expect(code).toBe(0)
  expect(answer).toMatchObject({
    type: 'clip',
    result: { durationSec: 4.68, frames: 117, firstMs: RANGE.fromMs, endMs: RANGE.toMs, encodedFrames: 17 },
  })
  expect(await stored(request)).toEqual(['clip.mp4', 'poster.jpg', 'preview.webp'])
})

test('killed at any time it stores nothing half-made, and the next one succeeds', async () => {
  const request = bench.request(RANGE)
  const path = join(bench.root, RECORDING, 'highlights', request.highlightId, 'clip.mp4')
  for (const afterMs of [150, 350, 550, 750]) {
    const { child, ended } = start(request)
    await sleep(afterMs)
    child.kill('SIGKILL')
    await ended
    const names = await stored(request)
    // The store renames a finished file; what begins with a dot is nobody's.
    if (names.includes('clip.mp4')) await expectWhole(path)
  }
  expect((await start(request).ended).answer?.type).toBe('clip')
  await expectWhole(path)
})

async function expectWhole(path: string): Promise<void> {
  const film = await readFilm({ input: path, size: SIZE, patterns: [PATTERN] })
  expect(film.complaints).toEqual([])
  expect(film.pictures).toHaveLength(117)
}

test.each([
  ['SIGTERM', (child: ReturnType<typeof fork>) => void child.kill('SIGTERM')],
  ['the loss of its parent', (child: ReturnType<typeof fork>) => child.disconnect()],
])('%s ends it', async (_, end) => {
  const { child, ended } = start(bench.request(RANGE))
  await sleep(300)
  end(child)
  const deadline = sleep(ENDS_WITHIN_MS, 'late', { ref: false })
  expect(await Promise.race([ended, deadline])).not.toBe('late')
})

test('says which segment is gone', async () => {
  const request = bench.request(RANGE)
  const segments = request.segments.map((segment, i) => (i === 1 ? { ...segment, uri: 'takes/1/99.ts' } : segment))
  const { answer } = await start({ ...request, segments }).ended
  expect(answer).toMatchObject({ type: 'failed', error: { code: 'highlight.no-media' } })
  expect(JSON.stringify(answer)).toContain('takes/1/99.ts')
  expect(await stored(request)).toEqual([])
})

test('says that a range has no picture', async () => {
  const request = { ...bench.request(RANGE), fromMs: START_MS - 5000, toMs: START_MS - 4000 }
  expect((await start(request).ended).answer).toMatchObject({ type: 'failed', error: { code: 'highlight.no-media' } })
})

test('says that a segment is damaged', async () => {
  const request = bench.request(RANGE)
  await writeFile(join(bench.root, RECORDING, 'takes/1/broken.ts'), 'this is no MPEG-TS')
  const segments = request.segments.map((segment) => ({ ...segment, uri: 'takes/1/broken.ts' }))
  const { answer } = await start({ ...request, segments }).ended
  expect(answer).toMatchObject({ type: 'failed', error: { code: 'clip.wrong-media' } })
})

test('says that FFmpeg is missing', async () => {
  const { answer } = await start({ ...bench.request(RANGE), ffmpegPath: '/nowhere/ffmpeg' }).ended
  expect(answer).toMatchObject({ type: 'failed', error: { code: 'ffmpeg.not-found' } })
})

test('says why FFmpeg cannot be started, and ends in order', async () => {
  const ffmpegPath = join(bench.root, 'ffmpeg')
  await writeFile(ffmpegPath, '#!/nowhere/interpreter\n', { mode: 0o755 })
  const { code, answer } = await start({ ...bench.request(RANGE), ffmpegPath }).ended
  expect(code).toBe(0)
  const message = `FFmpeg could not be started: spawn ${ffmpegPath} ENOENT`
  expect(answer).toMatchObject({ type: 'failed', error: { code: 'ffmpeg.failed', message } })
})

test('says that the store is away', async () => {
  const store = { kind: 's3', bucket: 'none', prefix: '', endpoint: 'http://127.0.0.1:9', region: 'x' } as const
  const { answer } = await start({ ...bench.request(RANGE), store }).ended
  expect(answer).toMatchObject({ type: 'failed', error: { code: expect.stringMatching(/^store\./) } })
})
