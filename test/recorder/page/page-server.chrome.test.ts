import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startPageServer } from '../../../src/recorder/page/page-server.ts'
import { buildFixturePage } from '../fixture-page.ts'

const SECRET = 'the-secret-of-this-take'
let page: Awaited<ReturnType<typeof buildFixturePage>>
let server: Awaited<ReturnType<typeof startPageServer>>
let origin: string
beforeEach(async () => {
  page = await buildFixturePage()
  server = await startPageServer({ pageDir: page.path, secret: SECRET, onControl: () => {}, onPackets: () => {} })
  origin = new URL(server.url).origin
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await page[Symbol.asyncDispose]()
})

async function connect(path: string, protocol: string, headers: Record<string, string>): Promise<string> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${path}`, protocol, { headers })
  const outcome = await Promise.race([
    once(socket, 'open').then(() => 'open'),
    once(socket, 'unexpected-response').then(([, response]) => String((response as { statusCode: number }).statusCode)),
  ])
  socket.on('error', () => {})
  socket.terminate()
  return outcome
}

test('serves the page and nothing above it', async () => {
  expect(await (await fetch(server.url)).text()).toContain('Fixture page')
  expect((await fetch(`${origin}/main.js`)).headers.get('content-type')).toContain('javascript')
  for (const path of ['/missing.js', '/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd']) {
    expect((await fetch(origin + path)).status).toBe(404)
  }
})

test('lets in who knows the secret and comes from the page itself', async () => {
  expect(await connect('/control', SECRET, { origin })).toBe('open')
  expect(await connect('/packets', SECRET, { origin })).toBe('open')
})

test.each([
  ['another secret', '/control', 'wrong', {}],
  ['another origin', '/control', SECRET, { origin: 'https://evil.example' }],
  ['another host name', '/control', SECRET, { host: 'evil.example' }],
  ['another path', '/other', SECRET, {}],
])('refuses %s', async (_, path, protocol, headers) => {
  expect(await connect(path, protocol, { origin, ...headers })).toBe('403')
})
