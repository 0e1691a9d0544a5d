import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Session } from '../../console/state/session.ts'
import { openApp } from '../api/open-app.ts'
import { aRecording, RECORDING_ID } from './recordings.ts'

const KEYS = ['key-one-0123456789', 'key-two-0123456789'] as const
/** A second stream would have been opened within this time of the first. */
const LATER_MS = 300

/** What a tab has: an address and a storage of its own. */
function standInTab(url: string): void {
  const stored = new Map<string, string>()
  vi.stubGlobal('location', new URL(`${url}/`))
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  })
}

describe('the session of a page', () => {
  let service: Awaited<ReturnType<typeof openApp>>
  beforeEach(async () => {
    service = await openApp({ apiKeys: KEYS })
    standInTab(await service.listen())
  })
  afterEach(async () => {
    await service[Symbol.asyncDispose]()
    vi.unstubAllGlobals()
  })

  it('follows one stream of events, however often somebody signs in', async () => {
    using session = new Session()
    await session.follow()
    expect(session.view.signInNeeded).toBe(true)
    for (const key of [KEYS[0], KEYS[1], KEYS[0]]) {
      await session.signIn(key)
      await expect.poll(() => service.events.subscribers()).toBe(1)
    }
    await new Promise((resolve) => setTimeout(resolve, LATER_MS))
    expect(service.events.subscribers()).toBe(1)
    service.events.emit(aRecording())
    await expect.poll(() => [...session.view.library.keys()]).toEqual([RECORDING_ID])
  })

  it('stays signed in when a call with the key before is refused late', async () => {
    using session = new Session()
    const late = Promise.withResolvers<void>()
    const refused = session.call(async (client) => {
      await late.promise
      return await client.recordings.list()
    })
    await session.signIn(KEYS[0])
    late.resolve()
    await expect(refused).rejects.toMatchObject({ code: 'auth.missing' })
    expect(session.view.signInNeeded).toBe(false)
  })

  it('ends its stream when the page is left', async () => {
    const session = new Session()
    await session.signIn(KEYS[0])
    await expect.poll(() => service.events.subscribers()).toBe(1)
    session[Symbol.dispose]()
    await expect.poll(() => service.events.subscribers()).toBe(0)
  })
})
