import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FaultyProxy } from './faulty-proxy.ts'

const BODY = 'x'.repeat(20_000)
/** The whole body in a second. */
const SLOW_BYTES_PER_SEC = 20_000
/** Half of what the slow way takes: timers are not exact. */
const SLOW_MIN_MS = 500
const HANG_MS = 300

const server = createServer((_, response) => response.end(BODY))
let proxy: FaultyProxy
let url: string
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  proxy = await FaultyProxy.start({ host: '127.0.0.1', port: address.port })
  url = proxy.over(`http://127.0.0.1:${address.port}/`)
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const ask = async () => await (await fetch(url, { headers: { connection: 'close' } })).text()

test('passes everything on', async () => {
  expect(await ask()).toBe(BODY)
})

test('refuses every connection until it is healed', async () => {
  proxy.setFault({ kind: 'refuse' })
  await expect(ask()).rejects.toThrow()
  proxy.setFault(null)
  expect(await ask()).toBe(BODY)
})

test('breaks an answer off half way', async () => {
  proxy.setFault({ kind: 'half', answerBytes: 5_000 })
  await expect(ask()).rejects.toThrow()
  proxy.setFault(null)
})

test('loses nothing of what hung', async () => {
  proxy.setFault({ kind: 'hang' })
  let answered = false
  const answer = ask().then((text) => {
    answered = true
    return text
  })
  await new Promise((resolve) => setTimeout(resolve, HANG_MS))
  expect(answered).toBe(false)
  proxy.setFault(null)
  expect(await answer).toBe(BODY)
})

test('takes a request and never answers it, and answers the next when it is healed', async () => {
  proxy.setFault({ kind: 'silent' })
  const asked = fetch(url, { signal: AbortSignal.timeout(2 * HANG_MS) }).catch((error: Error) => error.name)
  await new Promise((resolve) => setTimeout(resolve, HANG_MS))
  proxy.setFault(null)
  expect(await ask()).toBe(BODY)
  expect(await asked).toBe('TimeoutError')
})

test('passes as many bytes a second as it is told', async () => {
  proxy.setFault({ kind: 'slow', bytesPerSec: SLOW_BYTES_PER_SEC })
  const began = performance.now()
  expect(await ask()).toBe(BODY)
  expect(performance.now() - began).toBeGreaterThan(SLOW_MIN_MS)
  proxy.setFault(null)
})
