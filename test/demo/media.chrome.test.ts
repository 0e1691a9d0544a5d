import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CAST, FPS, LOOP_SEC } from '../../examples/demo/cast.ts'
import { type LiveSource, startLiveSource } from '../../examples/demo/media/live-source.ts'
import { prepareFilms } from '../../examples/demo/media/prepare.ts'
import { parseRange, serveMedia } from '../../examples/demo/media/server.ts'
import { prepareDemoFilms, TOOLS } from './films.ts'

const run = promisify(execFile)
const SIGNAL = new AbortController().signal
/** The playlist has six segments of a second each. */
const ROLLS = { timeout: 15_000, interval: 100 }

let folder: string
let films: Awaited<ReturnType<typeof prepareFilms>>
let cacheFolder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorec-demo-test-'))
  const prepared = await prepareDemoFilms()
  films = prepared.films
  cacheFolder = prepared.folder
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('the films of the demo', () => {
  it('last one loop each, with picture and voice and a key frame on every second', async () => {
    for (const person of CAST) {
      const path = films.people.get(person.id) ?? ''
      const { stdout } = await run('ffprobe', [
        '-v',
        'error',
        '-show_entries',
        'packet=pts_time,flags:format=duration:stream=codec_name,width',
        '-select_streams',
        'v',
        '-of',
        'json',
        path,
      ])
      const probe = JSON.parse(stdout) as {
        packets: { pts_time: string; flags: string }[]
        streams: object[]
        format: { duration: string }
      }
      expect(probe.streams).toMatchObject([{ codec_name: 'h264', width: person.width }])
      expect(probe.packets).toHaveLength(LOOP_SEC * FPS)
      expect(Number(probe.format.duration)).toBeCloseTo(LOOP_SEC, 1)
      const keys = probe.packets.filter(({ flags }) => flags.startsWith('K')).map(({ pts_time }) => Number(pts_time))
      for (let sec = 0; sec < LOOP_SEC; sec++) expect(keys).toContain(sec)
    }
  })

  it('are found again instead of being made again', async () => {
    const steps: string[] = []
    const again = await prepareFilms(TOOLS, {
      cacheFolder,
      signal: SIGNAL,
      onStep: (step) => steps.push(step),
    })
    expect(again).toEqual(films)
    expect(steps).toEqual([])
  })
})

describe('a live source of the demo', () => {
  it('is a rolling playlist that decodes over HTTP and stops when told', async () => {
    const server = await serveMedia(folder)
    const source: LiveSource = await startLiveSource(TOOLS, {
      id: 'amy',
      moviePath: films.people.get('amy') ?? '',
      folder,
      signal: SIGNAL,
    })
    try {
      await source.ready()
      const url = `${server.url}/${source.path}`
      const firstSegment = async () => Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(await (await fetch(url)).text())?.[1])
      await expect.poll(firstSegment, ROLLS).toBeGreaterThan(0)
      const response = await fetch(url)
      const playlist = await response.text()
      expect(response.headers.get('content-type')).toBe('application/vnd.apple.mpegurl')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(playlist).toContain('#EXT-X-PROGRAM-DATE-TIME')
      expect(playlist).not.toContain('#EXT-X-ENDLIST')
      const { stderr } = await run('ffmpeg', ['-v', 'warning', '-nostdin', '-i', url, '-t', '3', '-f', 'null', '-'])
      expect(stderr).toBe('')
    } finally {
      await source[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    }
    const before = await readFile(join(folder, source.path), 'utf8')
    await sleep(1500)
    expect(await readFile(join(folder, source.path), 'utf8')).toBe(before)
  })

  it('says in FFmpeg’s words why it cannot be joined', async () => {
    const options = { id: 'broken', moviePath: join(folder, 'missing.mp4'), folder, signal: SIGNAL }
    await using source = await startLiveSource(TOOLS, options)
    await expect(source.ready()).rejects.toThrow('No such file')
  })
})

describe('the media server of the demo', () => {
  it('serves its folder and nothing else', async () => {
    await using server = await serveMedia(folder)
    for (const path of ['/../package.json', '/%2e%2e/secret.ts', '/films/a/b.mp4', '/missing.ts', '/films']) {
      expect((await fetch(server.url + path)).status, path).toBe(404)
    }
  })

  it('answers byte ranges as players ask for them', () => {
    expect(parseRange('bytes=0-99', 1000)).toEqual({ start: 0, end: 99 })
    expect(parseRange('bytes=900-', 1000)).toEqual({ start: 900, end: 999 })
    expect(parseRange('bytes=-100', 1000)).toEqual({ start: 900, end: 999 })
    expect(parseRange('bytes=1000-', 1000)).toBe('outside')
    expect(parseRange(undefined, 1000)).toBeUndefined()
    expect(parseRange('bytes=0-1,5-6', 1000)).toBeUndefined()
  })
})
