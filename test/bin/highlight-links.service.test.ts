import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import type { Event, Highlight } from '../../src/protocol/index.ts'
import { type ScriptedService, startScriptedService } from './scripted-service.ts'

const AHEAD_MS = 30 * 60_000
const ahead = () => ({ at: new Date(Date.now() + AHEAD_MS).toISOString(), label: 'What is to come', by: 'Ms Li' })

describe('highlights of a whole service', () => {
  let service: ScriptedService
  let client: ReturnType<typeof createClient>
  let recordingId: string
  beforeAll(async () => {
    service = await startScriptedService()
    client = createClient({ baseUrl: service.url })
    recordingId = (await service.start({ room: 'class-42', metadata: { course: 'math-1' } }, 'recording')).id
  })
  afterAll(() => service?.[Symbol.asyncDispose]())
  const trigger = (): Promise<Highlight> => client.highlights.trigger(recordingId, ahead())

  test('a trigger that is repeated with its key cuts once, and is found by every filter', async () => {
    const asked = ahead()
    const options = { idempotencyKey: crypto.randomUUID() }
    const [first, again] = [
      await client.highlights.trigger(recordingId, asked, options),
      await client.highlights.trigger(recordingId, asked, options),
    ]
    expect(again).toEqual(first)
    expect(first).toMatchObject({ ...asked, recordingId, state: 'waiting', trigger: 'api' })
    const marked = await client.highlights.setFavourite(first.id, true)
    const since = new Date(Date.parse(asked.at) - 1).toISOString()
    const until = new Date(Date.parse(asked.at) + 1).toISOString()
    const filters = {
      recordingId,
      room: 'class-42',
      states: ['waiting'],
      label: 'IS TO',
      by: 'Ms Li',
      favourite: true,
    } as const
    expect((await client.highlights.list({ ...filters, since, until })).items).toEqual([marked])
    for (const miss of [
      { room: 'x' },
      { label: 'x' },
      { by: 'x' },
      { states: ['ready'] },
      { since: until },
      { until: since },
    ] as const)
      expect((await client.highlights.list({ ...filters, favourite: true, ...miss })).items).toEqual([])
  })

  test('pages through the gallery, newest first', async () => {
    const made = [await trigger(), await trigger(), await trigger()].map(({ id }) => id).reverse()
    const first = await client.highlights.list({ recordingId, limit: 2 })
    const second = await client.highlights.list({ recordingId, limit: 2, cursor: String(first.nextCursor) })
    expect([...first.items, ...second.items].map(({ id }) => id).slice(0, 3)).toEqual(made)
    await expect(client.highlights.list({ cursor: 'abc' })).rejects.toMatchObject({ code: 'request.cursor-invalid' })
  })

  test('events tell what happens to a highlight', async () => {
    const stop = new AbortController()
    const seen: Event['type'][] = []
    const types = ['highlight.created', 'highlight.updated', 'highlight.deleted'] as const
    const following = (async () => {
      for await (const event of client.events({ recordingId, types, signal: stop.signal })) {
        seen.push(event.type)
        if (event.type === 'highlight.deleted') break
      }
    })()
    // A stream without a place to resume from begins when it is open: make it hear something first.
    const heard = async () => {
      await trigger()
      return seen.length
    }
    await expect.poll(heard).toBeGreaterThan(0)
    const { id } = await trigger()
    await client.highlights.setFavourite(id, true)
    await client.highlights.delete(id)
    await following
    stop.abort()
    expect(seen.slice(-3)).toEqual(types)
  })

  test('a link opens until it is revoked or its highlight is deleted; no answer tells them apart', async () => {
    const { id } = await trigger()
    const [kept, revoked] = [await client.highlights.share(id), await client.highlights.share(id)]
    expect(kept.url).toMatch(new RegExp(`^${service.url}/s/[^/]+$`))
    const page = await fetch(kept.url)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('What is to come')])
    expect((await fetch(`${kept.url}/clip.mp4`)).status).toBe(409)
    await client.highlights.revokeShare(id, revoked.id)
    await client.highlights.revokeShare(id, revoked.id)
    expect((await fetch(kept.url)).status).toBe(200)
    expect((await client.highlights.shares(id)).items.map(({ revokedAt }) => revokedAt !== null).sort()).toEqual([
      false,
      true,
    ])
    await client.highlights.delete(id)
    const damaged = kept.url.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))
    const answers = await Promise.all(
      [kept.url, revoked.url, damaged, `${service.url}/s/shr_x`, `${service.url}/s/%00`].map(async (url) => {
        const response = await fetch(url, { headers: { accept: 'text/html' } })
        return [response.status, await response.text()]
      }),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]).toEqual([404, expect.stringContaining('share.not-found')])
    await expect(client.highlights.shares(id)).rejects.toMatchObject({ code: 'highlight.not-found' })
  })

  test('refusals name what is missing', async () => {
    const { highlights } = client
    const nobody = 'rec_01JD0000000000000000000009'
    await expect(highlights.trigger(nobody)).rejects.toMatchObject({ code: 'recording.not-found' })
    await expect(highlights.recaps(nobody)).rejects.toMatchObject({ code: 'recording.not-found' })
    const far = { at: new Date(Date.now() + 2 * 3_600_000).toISOString() }
    await expect(highlights.trigger(recordingId, far)).rejects.toMatchObject({ code: 'highlight.too-far-ahead' })
    await expect(highlights.recap(recordingId)).rejects.toMatchObject({ code: 'highlight.not-ready' })
    const { id } = await trigger()
    await expect(highlights.recap(recordingId, { highlights: [id] })).rejects.toMatchObject({
      code: 'highlight.not-ready',
    })
    await expect(highlights.revokeShare(id, 'shr_01JD0000000000000000000009')).rejects.toMatchObject({
      code: 'share.not-found',
    })
  })
})
