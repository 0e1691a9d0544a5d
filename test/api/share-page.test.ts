import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Highlight } from '../../src/protocol/index.ts'
import { fakeHighlightId } from './fake-highlights.ts'
import { fakeId } from './fakes.ts'
import { NOW_MS, openApp, TRACED } from './open-app.ts'

const ID = fakeId(1)
const HL = fakeHighlightId(1)
const FOLDER = `${ID}/highlights/${HL}`
const READY: Partial<Highlight> = { state: 'ready', durationSec: 30.04, bytes: 10 }
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const bytes = (text: string) => new TextEncoder().encode(text)

/** A service with keys, and a clip whose link is known to a stranger. */
async function openShared(part: Partial<Highlight> = READY, publicUrl: string | null = 'https://rec.example') {
  let nowMs = NOW_MS
  const api = await openApp({ apiKeys: ['key-one-0123456789'], publicUrl, clock: () => nowMs })
  await api.recordings.start({ room: 'class-42', video: { width: 640, height: 360 }, metadata: { course: 'math-1' } })
  await api.highlights.trigger(ID, { at: '2026-11-21T09:14:00.000Z', label: 'Great answer', by: 'Ms Li' })
  api.highlights.change(HL, part)
  for (const file of ['clip.mp4', 'poster.jpg', 'preview.webp', 'clip.m3u8'])
    await api.store.put(`${FOLDER}/${file}`, bytes('0123456789'))
  const share = await api.highlights.share(HL, { expiresInSec: 3600 })
  const get = (url: string, headers: Record<string, string> = HTML) =>
    api.app.inject({ url, headers: { host: 'rec.example', ...TRACED, ...headers } })
  return {
    ...{ api, share, get },
    pass: (sec: number) => {
      nowMs += sec * 1000
    },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}

const metaOf = (page: string) =>
  Object.fromEntries(
    [...page.matchAll(/<meta (?:name|property)="([^"]+)" content="([^"]*)">/g)].map(([, name, value]) => [name, value]),
  )

test('anybody with the link sees the clip, what it is of and when, and nobody’s name', async () => {
  await using shared = await openShared()
  const { url } = shared.share
  const { statusCode, headers, payload } = await shared.get(url)
  expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expect(headers).toMatchObject({
    'cache-control': 'private, no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
  })
  const token = url.slice(url.lastIndexOf('/') + 1)
  expect(payload).toContain('<video controls playsinline preload="metadata"')
  expect(payload).toContain(`poster="./${token}/poster.jpg" width="640" height="360"`)
  expect(payload).toContain(`<source src="./${token}/clip.mp4" type="video/mp4">`)
  for (const text of ['Great answer', 'math-1', '21 November 2026, 09:14 UTC', '0:30']) expect(payload).toContain(text)
  for (const text of ['Ms Li', ID, HL, '<script']) expect(payload).not.toContain(text)
})

test('the page may load its own files and the one style that it carries, and nothing else', async () => {
  await using shared = await openShared()
  const { headers, payload } = await shared.get(shared.share.url)
  const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(payload) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  expect(headers['content-security-policy']).toBe(
    `default-src 'none'; img-src 'self'; media-src 'self'; style-src 'sha256-${hash}'; ` +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  expect(payload).not.toMatch(/ style=| on\w+=/)
})

test.each([
  ['https://rec.example', 'https://rec.example'],
  [null, 'http://rec.example'],
])('a chat that previews the link finds everything under absolute URLs: %s', async (publicUrl, base) => {
  await using shared = await openShared(READY, publicUrl)
  const page = `${base}${shared.share.url}`
  const { payload } = await shared.get(shared.share.url)
  expect(metaOf(payload)).toMatchObject({
    robots: 'noindex, nofollow',
    'og:type': 'video.other',
    'og:title': 'Great answer',
    'og:url': page,
    'og:image': `${page}/poster.jpg`,
    'og:video': `${page}/clip.mp4`,
    'og:video:type': 'video/mp4',
    'og:video:width': '640',
    'og:video:height': '360',
    'video:duration': '30',
    'twitter:card': 'summary_large_image',
    'twitter:image': `${page}/poster.jpg`,
  })
  expect(metaOf(payload)['og:video:secure_url']).toBe(publicUrl === null ? undefined : `${page}/clip.mp4`)
})

test('what people wrote stays text, in the page and in its tags', async () => {
  const label = `"><script>alert(1)</script>'&\`<img src=x onerror=alert(1)>`
  await using shared = await openShared({ ...READY, label })
  shared.api.recordings.all.set(ID, {
    ...(await shared.api.recordings.get(ID)),
    metadata: { course: '<b onclick="x">math</b>' },
  })
  const { payload } = await shared.get(shared.share.url)
  expect(payload).not.toMatch(/<script|<img|<b /)
  expect(payload).toContain('<h1 dir="auto">&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#39;&#38;&#96;')
  expect(payload).toContain('&#60;b onclick=&#34;x&#34;&#62;math&#60;/b&#62;')
})

test.each([
  ['waiting', '2026-11-21T09:00:20.000Z', '21'],
  ['waiting', '2026-11-21T09:59:00.000Z', '60'],
  ['cutting', '2026-11-21T08:59:59.000Z', '3'],
] as const)('a clip that is %s until %s says so and looks again after %s s', async (state, to, sec) => {
  await using shared = await openShared({ state, to })
  const { statusCode, payload } = await shared.get(shared.share.url)
  expect(statusCode).toBe(200)
  expect(payload).toContain(`<meta http-equiv="refresh" content="${sec}">`)
  expect(payload).toContain('role="status"')
  expect(payload).not.toContain('<video')
  expect(metaOf(payload)).toMatchObject({ 'og:title': 'Great answer' })
  const file = await shared.get(`${shared.share.url}/clip.mp4`)
  expect([file.statusCode, file.json().code, file.headers['cache-control']]).toEqual([
    409,
    'highlight.not-ready',
    'no-store',
  ])
})

test('a clip that failed says so, without what happened inside', async () => {
  const error = { code: 'ffmpeg.failed', message: 'secret path' }
  await using shared = await openShared({ state: 'failed', error })
  const { payload } = await shared.get(shared.share.url)
  expect(payload).toContain('could not be made')
  expect(payload).not.toMatch(/secret path|http-equiv="refresh"/)
})

test('a clip outlives its recording', async () => {
  await using shared = await openShared()
  shared.api.recordings.all.clear()
  const { statusCode, payload } = await shared.get(shared.share.url)
  expect([statusCode, payload.includes('Great answer')]).toEqual([200, true])
  const saved = await shared.get(`${shared.share.url}/clip.mp4?download=1`)
  expect(saved.headers['content-disposition']).toContain('filename="Great answer 2026-11-21 09.14.mp4"')
})

test.each(['clip.mp4', 'poster.jpg', 'preview.webp'])('%s comes with ranges, to the bearer alone', async (file) => {
  await using shared = await openShared()
  const url = `${shared.share.url}/${file}`
  const whole = await shared.get(url, {})
  expect([whole.statusCode, whole.payload]).toEqual([200, '0123456789'])
  expect(whole.headers).toMatchObject({
    'cache-control': 'private, max-age=600',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
    'accept-ranges': 'bytes',
  })
  expect(whole.headers['access-control-allow-origin']).toBeUndefined()
  const part = await shared.get(url, { range: 'bytes=-3' })
  expect([part.statusCode, part.payload]).toEqual([206, '789'])
  const head = await shared.api.app.inject({ method: 'HEAD', url, headers: { host: 'rec.example' } })
  expect([head.statusCode, head.headers['content-length'], head.payload]).toEqual([200, '10', ''])
})

test('nothing is kept longer than the link lives', async () => {
  await using shared = await openShared()
  shared.pass(3580)
  const file = await shared.get(`${shared.share.url}/clip.mp4`)
  expect(file.headers['cache-control']).toBe('private, max-age=20')
})

test.each(['clip.m3u8', '..%2f..%2frecording.json', 'recording.json', 'clip.mp4%00'])(
  'the link opens no %s',
  async (file) => {
    await using shared = await openShared()
    const { statusCode, json } = await shared.get(`${shared.share.url}/${file}`)
    expect([statusCode, json().code]).toEqual([404, 'share.not-found'])
  },
)

test('a forged, an expired and a revoked link are answered with the same bytes', async () => {
  await using shared = await openShared()
  const revoked = await shared.api.highlights.share(HL, { expiresInSec: 7200 })
  await shared.api.highlights.revokeShare(HL, revoked.id)
  shared.pass(3600)
  for (const [path, headers] of [
    ['', HTML],
    ['', {}],
    ['/clip.mp4', {}],
    ['/clip.mp4', HTML],
  ] as const) {
    const urls = [shared.share.url, revoked.url, '/s/nonsense', '/s/%00']
    const answers = await Promise.all(urls.map((url) => shared.get(`${url}${path}`, headers)))
    const [first] = answers
    expect(first?.statusCode).toBe(404)
    expect(first?.payload).toContain('share.not-found')
    for (const { statusCode, payload, headers: given } of answers)
      expect([statusCode, payload, { ...given, date: '' }]).toEqual([
        404,
        first?.payload,
        { ...first?.headers, date: '' },
      ])
  }
})

test('a person gets a page where a program gets a problem document', async () => {
  await using shared = await openShared()
  const page = await shared.get('/s/nonsense')
  expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', vary: 'accept' })
  expect(page.headers['content-security-policy']).toContain("default-src 'none'; img-src 'self'")
  expect(page.payload).toContain('This link does not work')
  const problem = await shared.get('/s/nonsense', { accept: 'application/json' })
  expect(problem.headers['content-type']).toBe('application/problem+json')
  expect(problem.json().code).toBe('share.not-found')
})

test('without keys the page is for this machine, like everything', async () => {
  await using api = await openApp()
  const answer = await api.app.inject({ url: '/s/nonsense', headers: { host: 'rec.example' } })
  expect([answer.statusCode, answer.json().code]).toEqual([403, 'auth.forbidden'])
})

test('no log line and no problem repeats a token', async () => {
  await using shared = await openShared()
  const token = 'a-token-that-opens'
  const { payload } = await shared.get(`/s/${token}/clip.mp4`)
  expect(payload).not.toContain(token)
  expect(shared.api.observed).toContainEqual(expect.objectContaining({ route: '/s/:token/:file' }))
})
