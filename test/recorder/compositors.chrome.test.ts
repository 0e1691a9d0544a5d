import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { FileServer, makePatternClip, patternOf, readFilm } from '../kit/index.ts'
import { buildRequest, makeFolders, REAL_PAGE, startRecorder } from './recorder-run.ts'

const TEST_TIMEOUT_MS = 60_000
const SIZE = { width: 640, height: 360 }
const CLIP_SEC = 10
const SEGMENTS = 4
/** The first segment begins before the source has a picture. */
const READABLE_SHARE = 0.6
const LIMITED = { pix_fmt: 'yuv420p', color_range: 'tv', color_space: 'bt709', color_primaries: 'bt709' }
const FULL = { pix_fmt: 'yuvj420p', color_range: 'pc', color_space: 'bt709', color_primaries: 'bt709' }

/** The product's page, whose kernels cannot be fetched. */
async function pageWithoutKernels() {
  const path = await mkdtemp(join(tmpdir(), 'panorec-no-kernels-'))
  await cp(REAL_PAGE, path, { recursive: true })
  const kernels = (await readdir(path, { recursive: true })).filter((name) => /kernels.*\.wasm$/.test(name))
  expect(kernels.length).toBe(1)
  for (const name of kernels) await rm(join(path, name))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Records a pattern, and reads what was recorded: its colours, and the source's frames. */
async function record(pageDir: string) {
  await using folders = await makeFolders()
  const pattern = patternOf(0)
  const clip = await makePatternClip(pattern, CLIP_SEC)
  await using files = await FileServer.start(dirname(clip))
  const source = { id: 'amy', type: 'video', url: files.url(basename(clip)), loop: true } as const
  const changes = {
    sources: [source],
    layout: { name: 'grid' } as const,
    video: { ...SIZE, fps: 25, bitrateKbps: 800 },
  }
  const request = buildRequest(folders, changes)
  const run = startRecorder(request, pageDir)
  await run.event('segment', SEGMENTS)
  await run.order({ type: 'stop' })
  expect(await run.done).toMatchObject({ reason: 'stopped', error: null })
  const input = join(folders.storePath, request.recordingId, 'index.m3u8')
  const { pictures } = await readFilm({ input, size: SIZE, patterns: [pattern] })
  const counters = pictures.map(({ value }) => value.sources[0]?.counter).filter((counter) => counter !== undefined)
  return { colours: await coloursOf(input), log: run.log, readable: counters.length / pictures.length }
}

async function coloursOf(input: string): Promise<Record<string, string>> {
  const entries = 'stream=pix_fmt,color_range,color_space,color_primaries'
  const args = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', entries, '-of', 'json', input]
  const { stdout } = await promisify(execFile)('ffprobe', args)
  return JSON.parse(stdout).streams[0]
}

test.concurrent(
  'records planes of limited range by itself',
  async () => {
    const { colours, log, readable } = await record(REAL_PAGE)
    expect(colours).toEqual(LIMITED)
    expect(readable).toBeGreaterThan(READABLE_SHARE)
    expect(log.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'records from a canvas where the kernels do not load, and says so',
  async () => {
    await using page = await pageWithoutKernels()
    const { colours, log, readable } = await record(page.path)
    expect(colours).toEqual(FULL)
    expect(readable).toBeGreaterThan(READABLE_SHARE)
    expect(log.map(({ level, details, message }) => `${level} ${message} ${JSON.stringify(details)}`)).toContainEqual(
      expect.stringMatching(/^warn .*kernels/),
    )
  },
  TEST_TIMEOUT_MS,
)
