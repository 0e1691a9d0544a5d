import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fakeId } from './fakes.ts'
import { NOW_MS, openApp } from './open-app.ts'

const KEY = 'key-one-0123456789'
const apiKeys = [KEY, 'key-two-0123456789']
const PLAYLIST = `/media/${fakeId(1)}/index.m3u8`

test.each([
  ['bearer', { authorization: `Bearer ${KEY}` }, 200],
  ['the second key', { authorization: 'bearer key-two-0123456789' }, 200],
  ['x-api-key', { 'x-api-key': KEY }, 200],
  ['nothing', {}, 401],
  ['a wrong key', { authorization: 'Bearer wrong' }, 401],
  ['the beginning of a key', { 'x-api-key': KEY.slice(0, -1) }, 401],
  ['basic', { authorization: `Basic ${KEY}` }, 401],
])('with keys, %s gives the API’s answer', async (_name, headers, status) => {
  await using api = await openApp({ apiKeys })
  for (const url of ['/v1/recordings', '/metrics']) {
    const response = await api.app.inject({ url, headers: { host: 'panorec.example', ...headers } })
    expect(response.statusCode).toBe(status)
    if (status === 401) expect(response.headers['www-authenticate']).toBe('Bearer realm="panorec"')
  }
})

test('with keys, health, the reference and the console stay open', async () => {
  await using api = await openApp({ apiKeys })
  for (const url of ['/healthz', '/readyz', '/docs/json', '/docs/errors']) {
    expect((await api.app.inject({ url, headers: { host: 'panorec.example' } })).statusCode).toBe(200)
  }
})

test('a session plays media and nothing else, until it ends', async () => {
  let nowMs = NOW_MS
  await using api = await openApp({ apiKeys, clock: () => nowMs })
  await api.store.put(`${fakeId(1)}/index.m3u8`, new TextEncoder().encode('#EXTM3U\n'))
  const get = async (url: string, cookie: string) => (await api.app.inject({ url, headers: { cookie } })).statusCode
  const opened = await api.app.inject({ method: 'POST', url: '/v1/session', headers: { 'x-api-key': KEY } })
  const setCookie = String(opened.headers['set-cookie'])
  expect(setCookie).toMatch(/^panorec_session=\S+; Max-Age=43200; Path=\/media; HttpOnly; SameSite=Strict$/)
  const [cookie = ''] = setCookie.split(';')
  expect(await get(PLAYLIST, '')).toBe(401)
  expect(await get(PLAYLIST, `theme=dark; ${cookie}`)).toBe(200)
  expect(await get(PLAYLIST, cookie.replace(/=\d/, '=9'))).toBe(401)
  expect(await get('/v1/recordings', cookie)).toBe(401)
  nowMs += 43_200_000
  expect(await get(PLAYLIST, cookie)).toBe(401)
})

test.each([
  ['https://class.example/rec', 'Path=/rec/media; HttpOnly; SameSite=Strict; Secure'],
  ['https://class.example', 'Path=/media; HttpOnly; SameSite=Strict; Secure'],
  ['http://class.example', 'Path=/media; HttpOnly; SameSite=Strict'],
])('a session is for the media below %s, and ends there', async (publicUrl, attributes) => {
  await using api = await openApp({ apiKeys, publicUrl })
  const cookieOf = async (method: 'POST' | 'DELETE') =>
    (await api.app.inject({ method, url: '/v1/session', headers: { 'x-api-key': KEY } })).headers['set-cookie']
  expect(await cookieOf('POST')).toMatch(new RegExp(`^panorec_session=\\S+; Max-Age=43200; ${attributes}$`))
  expect(await cookieOf('DELETE')).toBe(`panorec_session=; Max-Age=0; ${attributes}`)
})

test('nobody gets a session without a key', async () => {
  await using api = await openApp({ apiKeys })
  const response = await api.app.inject({ method: 'POST', url: '/v1/session' })
  expect([response.statusCode, response.headers['set-cookie']]).toEqual([401, undefined])
})

test.each(['localhost:8080', '127.0.0.1:8080', '127.8.9.1', '[::1]:8080', 'panorec.localhost'])(
  'without keys, %s is this machine',
  async (host) => {
    await using api = await openApp()
    expect((await api.app.inject({ url: '/v1/recordings', headers: { host } })).statusCode).toBe(200)
  },
)

test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '192.168.1.2', 'localhost:99999'])(
  'without keys, a request for the host "%s" is refused everywhere',
  async (host) => {
    await using api = await openApp()
    for (const url of ['/v1/recordings', PLAYLIST, '/metrics', '/docs/json']) {
      const response = await api.app.inject({ url, headers: { host } })
      expect([response.statusCode, response.json().code]).toEqual([403, 'auth.forbidden'])
    }
  },
)

test('without keys, a page of another site can stop nothing', async () => {
  await using api = await openApp()
  for (const origin of ['https://evil.example', 'null']) {
    const request = { method: 'POST', url: `/v1/recordings/${fakeId(1)}/stop`, headers: { origin } } as const
    expect((await api.app.inject(request)).statusCode).toBe(403)
  }
  const own = {
    method: 'POST',
    url: '/v1/recordings',
    headers: { origin: 'http://localhost:5173' },
    payload: {},
  } as const
  expect((await api.app.inject(own)).statusCode).toBe(201)
})

test('an error of the inside tells its trace id and nothing else', async () => {
  await using api = await openApp({
    metrics: { contentType: '', text: () => Promise.reject(new Error('password=hunter2')), observeRequest() {} },
  })
  const response = await api.app.inject('/metrics')
  expect(response.statusCode).toBe(500)
  expect(response.json()).toMatchObject({ code: 'internal', detail: expect.stringContaining(response.json().traceId) })
  expect(response.payload).not.toContain('hunter2')
})

test('readiness names what is missing and what to do', async () => {
  const checks = [
    { name: 'database', ok: true },
    { name: 'chrome', ok: false, message: 'Chrome is not installed; npm run setup installs it' },
  ]
  await using api = await openApp({ health: { ready: async () => checks } })
  const response = await api.app.inject('/readyz')
  expect([response.statusCode, response.json()]).toEqual([503, { ready: false, checks }])
})

test('the console is served with its own policy, its hashed files for a year', async () => {
  const consoleDir = await mkdtemp(join(tmpdir(), 'panorec-console-'))
  try {
    await mkdir(join(consoleDir, 'assets'))
    await writeFile(join(consoleDir, 'index.html'), '<!doctype html><title>Panorec</title>')
    await writeFile(join(consoleDir, 'assets', 'index-abc123.js'), 'export {}')
    await using api = await openApp({ consoleDir, apiKeys })
    const page = await api.app.inject('/')
    expect([page.statusCode, page.headers['cache-control']]).toEqual([200, 'no-cache'])
    expect(page.headers['content-security-policy']).toContain("default-src 'self'")
    const script = await api.app.inject('/assets/index-abc123.js')
    expect([script.statusCode, script.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable'])
    const missing = await api.app.inject('/assets/../../../etc/passwd')
    expect(missing.json().code).toBe('route.not-found')
  } finally {
    await rm(consoleDir, { recursive: true })
  }
})

test('without a console the front page says how to build it', async () => {
  await using api = await openApp()
  expect((await api.app.inject('/')).json().detail).toContain('npm run build')
})
