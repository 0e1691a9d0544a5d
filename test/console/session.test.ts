import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { mediaUrl } from '../../console/state/service-url.ts'
import { Session } from '../../console/state/session.ts'
import { openApp } from '../api/open-app.ts'
import { aRecording, RECORDING_ID } from './recordings.ts'

const KEYS = ['key-one-0123456789', 'key-two-0123456789'] as const
/** A second stream would have been opened within this time of the first. */
const LATER_MS = 300

describe('the address of the service', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it.each([
    ['http://10.0.0.5:8080/#/recordings', 'http://10.0.0.5:8080'],
    ['https://school.example/panorec/#/highlights?room=7/b', 'https://school.example/panorec'],
    ['https://school.example/panorec/index.html?a=/b', 'https://school.example/panorec'],
  ])('of the page at %s is %s, for calls and for links', async (page, service) => {
    vi.stubGlobal('location', new URL(page))
    vi.stubGlobal('sessionStorage', { getItem: () => null })
    const asked: string[] = []
    vi.stubGlobal('fetch', async (url: URL) => {
      asked.push(url.href)
      return Response.json({ items: [], nextCursor: null })
    })
    using session = new Session()
    await session.loadPage({})
    expect(asked).toEqual([`${service}/v1/recordings`])
    expect(mediaUrl('/media/rec_1/index.m3u8')).toBe(`${service}/media/rec_1/index.m3u8`)
    expect(mediaUrl('https://cdn.example/media/a.m3u8')).toBe('https://cdn.example/media/a.m3u8')
  })
})

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
