import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SegmentStore, StoreLinks } from '../../src/store/index.ts'
import { openStore } from '../../src/store/index.ts'
import { fakeHighlightId } from '../api/fake-highlights.ts'
import { fakeId } from '../api/fakes.ts'
import { openApp } from '../api/open-app.ts'
import { CLIP_SIZE, launchChrome, makePatternClip, patternOf, playInChrome, readFilm } from '../kit/index.ts'
import { type S3Server, startS3Server } from '../kit/servers/s3.ts'

const run = promisify(execFile)
const BUCKET = 'private'
const ID = fakeId(1)
const HIGHLIGHT = fakeHighlightId(1)
const SEGMENT = `${ID}/takes/1/0.ts`
const CLIP = `${ID}/highlights/${HIGHLIGHT}/clip.mp4`
const SECONDS = 4
const FRAMES = 25 * SECONDS
const SIZE = CLIP_SIZE
/** Installing the S3 server on a fresh machine. */
const SERVER_TIMEOUT_MS = 120_000
/** Four seconds of film on a busy machine. */
const PLAY_TIMEOUT_MS = 30_000

describe('media by links to a private bucket', () => {
  let server: S3Server
  let store: SegmentStore
  let links: StoreLinks
  let api: Awaited<ReturnType<typeof openApp>>
  let address: string
  let segment: Uint8Array
  beforeAll(async () => {
    server = await startS3Server()
    await server.createBucket(BUCKET)
    process.env.AWS_ACCESS_KEY_ID = server.accessKeyId
    process.env.AWS_SECRET_ACCESS_KEY = server.secretAccessKey
    const { endpoint, region } = server
    store = await openStore({ kind: 's3', bucket: BUCKET, prefix: 'a/b', endpoint, region, forcePathStyle: true })
    if (store.links === undefined) throw new Error('The S3 store has no links')
    links = store.links
    const clip = await makePatternClip(patternOf(0), SECONDS)
    await storeAsRecording(store, clip)
    await store.putFile(CLIP, clip)
    segment = new Uint8Array(await new Response((await store.get(SEGMENT)).body).arrayBuffer())
    api = await openApp({ store, mediaLinks: links, clock: Date.now })
    await api.recordings.start({ room: 'class-42', video: SIZE, metadata: { course: 'math-1' } })
    await api.highlights.trigger(ID, { at: '2026-11-21T09:14:00.000Z', label: 'Größe' })
    api.highlights.change(HIGHLIGHT, { state: 'ready', durationSec: SECONDS })
    address = await api.listen()
  }, SERVER_TIMEOUT_MS)
  afterAll(async () => {
    delete process.env.AWS_ACCESS_KEY_ID
    delete process.env.AWS_SECRET_ACCESS_KEY
    await api?.[Symbol.asyncDispose]()
    await store?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })
  const ask = (path: string, init: RequestInit = {}) => fetch(address + path, { redirect: 'manual', ...init })

  test('a segment is at the store, for less time than the link works, and for a year once it is loaded', async () => {
    const redirect = await ask(`/media/${SEGMENT}`)
    const location = new URL(redirect.headers.get('location') ?? '')
    expect([redirect.status, location.origin]).toEqual([307, await links.origin()])
    expect(redirect.headers.get('cache-control')).toBe('public, max-age=300')
    expect(redirect.headers.get('access-control-allow-origin')).toBe('*')
    const signedMs = Date.parse(
      (location.searchParams.get('X-Amz-Date') ?? '').replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'),
    )
    const endsMs = signedMs + Number(location.searchParams.get('X-Amz-Expires')) * 1000
    expect((endsMs - Date.now()) / 1000).toBeGreaterThan(300)
    const stored = await fetch(location)
    expect([stored.status, stored.headers.get('content-type')]).toEqual([200, 'video/mp2t'])
    expect(stored.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(Buffer.compare(segment, new Uint8Array(await stored.arrayBuffer()))).toBe(0)
  })

  test('the same link is given again for a while, so that caches know the object', async () => {
    const nowMs = Date.parse('2026-11-21T09:00:00Z')
    const given = { contentType: 'video/mp2t', cacheControl: 'no-cache' }
    const [first, same, later] = await Promise.all(
      [0, 299, 300].map((sec) => links.linkTo(SEGMENT, { ...given, nowMs: nowMs + sec * 1000 })),
    )
    expect(same).toEqual(first)
    expect(later?.url).not.toBe(first?.url)
  })

  test('a range goes along to the store', async () => {
    const response = await ask(`/media/${SEGMENT}`, { redirect: 'follow', headers: { range: 'bytes=188-375' } })
    expect([response.status, response.headers.get('content-range')]).toEqual([206, `bytes 188-375/${segment.length}`])
    expect(Buffer.compare(segment.subarray(188, 376), new Uint8Array(await response.arrayBuffer()))).toBe(0)
  })

  test('HEAD, playlists and what is not there are answered here', async () => {
    const head = await ask(`/media/${SEGMENT}`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(segment.length)])
    const playlist = await ask(`/media/${ID}/index.m3u8`)
    expect([playlist.status, (await playlist.text()).slice(0, 7)]).toEqual([200, '#EXTM3U'])
    const missing = await ask(`/media/${ID}/highlights/${HIGHLIGHT}/poster.jpg`)
    expect([missing.status, await missing.json()]).toMatchObject([404, { code: 'store.not-found' }])
  })

  test('a file to save keeps its name and its type', async () => {
    const response = await ask(`/media/${CLIP}?download=1`, { redirect: 'follow' })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'video/mp4'])
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="math-1 Gro_e 2026-11-21 09.14.mp4"; filename*=UTF-8''math-1%20Gr%C3%B6%C3%9Fe%202026-11-21%2009.14.mp4`,
    )
    await response.body?.cancel()
  })

  test('the store answers nobody without a link, and no link for longer than it was made for', async () => {
    const given = { contentType: 'video/mp2t', cacheControl: 'no-cache' }
    const statusOf = async (url: string) => {
      const response = await fetch(url)
      await response.body?.cancel()
      return response.status
    }
    const { url } = await links.linkTo(SEGMENT, { ...given, nowMs: Date.now() })
    const { url: old } = await links.linkTo(SEGMENT, { ...given, nowMs: Date.now() - 20 * 60_000 })
    const brief = await links.linkTo(SEGMENT, { ...given, nowMs: Date.now() - 60_000, maxSec: 30 })
    const other = url.replace('/0.ts?', '/1.ts?')
    expect(await Promise.all([url, url.replace(/\?.*/, ''), other, old, brief.url].map(statusOf))).toEqual([
      200, 400, 403, 403, 403,
    ])
    expect(brief.freshSec).toBeLessThan(30)
  })

  test('FFmpeg and hls.js play the recording through the links, every picture of it', async () => {
    const url = `${address}/media/${ID}/index.m3u8`
    const film = await readFilm({ input: url, size: SIZE, patterns: [patternOf(0)] })
    const counters = film.pictures.map(({ value }) => value.sources[0]?.counter)
    expect(counters).toEqual(Array.from({ length: FRAMES }, (_, n) => n))
    // Its Chrome reads any origin: the test's S3 server knows no CORS, which a bucket for players has to be told.
    const viewing = await playInChrome(url)
    expect(viewing.ended).toBe(true)
    expect(viewing.errors.filter((error) => error.includes('fatal'))).toEqual([])
  })

  test('the page of a share plays its clip from the store, under its policy, and not past its end', async () => {
    const share = await api.highlights.share(HIGHLIGHT, { expiresInSec: 100 })
    const file = await ask(`${share.url}/clip.mp4`)
    const location = new URL(file.headers.get('location') ?? '')
    expect([file.status, file.headers.get('cache-control')]).toEqual([
      307,
      expect.stringMatching(/^private, max-age=9\d$/),
    ])
    expect(Number(location.searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(100 + 300)
    await using browser = await launchChrome()
    const page = await browser.newPage()
    const violations: string[] = []
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) violations.push(message.text())
    })
    await page.goto(address + share.url, { waitUntil: 'load' })
    await page.evaluate("void document.querySelector('video').play()")
    await page.waitForFunction("document.querySelector('video').ended", { timeout: PLAY_TIMEOUT_MS })
    expect(await page.evaluate("document.querySelector('video').videoWidth")).toBe(SIZE.width)
    expect(violations).toEqual([])
  })
})

/** The clip as segments of a take, with the playlist that names them. */
async function storeAsRecording(store: SegmentStore, clip: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'panorec-redirect-'))
  const take = join(folder, 'takes/1')
  await mkdir(take, { recursive: true })
  const hls = ['-hls_time', '2', '-hls_playlist_type', 'vod', '-start_number', '0', '-hls_segment_filename']
  await run('ffmpeg', [
    '-v',
    'error',
    '-i',
    clip,
    '-c',
    'copy',
    ...hls,
    join(take, '%d.ts'),
    join(folder, 'index.m3u8'),
  ])
  for (const name of await readdir(take)) await store.putFile(`${ID}/takes/1/${name}`, join(take, name))
  const playlist = await readFile(join(folder, 'index.m3u8'), 'utf8')
  await store.put(`${ID}/index.m3u8`, new TextEncoder().encode(playlist.replace(/^(?=\d+\.ts)/gm, 'takes/1/')))
  await rm(folder, { recursive: true })
}
