import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { openApp } from './open-app.ts'

/** Far below the minute that Node would wait for a connection which never sent a request. */
const PROMPTLY_MS = 2000

test('closing does not wait for connections without a request, and lets one that is under way finish', async () => {
  let answer: ((text: string) => void) | undefined
  const metrics = {
    contentType: 'text/plain',
    text: () =>
      new Promise<string>((resolve) => {
        answer = resolve
      }),
    observeRequest() {},
  }
  await using api = await openApp({ metrics })
  const address = await api.listen()
  const waiting = connect(Number(new URL(address).port), '127.0.0.1')
  await once(waiting, 'connect')
  await fetch(`${address}/healthz`)
  const busy = fetch(`${address}/metrics`)
  await expect.poll(() => answer).toBeDefined()
  const startedAt = performance.now()
  const closed = api.app.close()
  await once(waiting.resume(), 'close')
  answer?.('panorec_recordings 1\n')
  expect(await (await busy).text()).toBe('panorec_recordings 1\n')
  await closed
  expect(performance.now() - startedAt).toBeLessThan(PROMPTLY_MS)
})
