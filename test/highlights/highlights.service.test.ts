import { Value } from 'typebox/value'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HighlightSchema } from '../../src/protocol/index.ts'
import { evenSegments } from '../playlist/segments.ts'
import { at, type OpenHighlights, openHighlights, START, SURROUNDINGS } from './open-highlights.ts'

let open: OpenHighlights
beforeAll(async () => {
  open = await openHighlights()
})
afterAll(() => open?.[Symbol.asyncDispose]())
beforeEach(() => {
  open.time.now = START + 20_000
  open.broken.queue = false
  open.queued.length = 0
  open.seen.length = 0
})

/** A notification passes through the database. */
const HEARD = { timeout: 5000 }
const state = async (id: string) => (await open.highlights.get(id)).state

describe('a highlight of an ended recording', () => {
  test('plays at once, and its clip is queued', async () => {
    const recordingId = await open.record('completed')
    open.time.now = START + 3 * 24 * 3600 * 1000
    const asked = { at: at(10), preSec: 4, postSec: 3, label: 'Proof', by: 'Ms Li', metadata: { page: '7' } }
    const highlight = await open.highlights.trigger(recordingId, asked)
    expect(Value.Errors(HighlightSchema, highlight)).toEqual([])
    expect(highlight).toMatchObject({ ...asked, state: 'cutting', from: at(6), to: at(13), clamped: null, gaps: [] })
    expect(highlight.links.playlist).toBe(`https://rec.test/media/${recordingId}/highlights/${highlight.id}/clip.m3u8`)
    const playlist = await open.text(`${recordingId}/highlights/${highlight.id}/clip.m3u8`)
    expect(playlist.match(/^\S+\.ts$/gm)).toEqual([3, 4, 5, 6].map((seq) => `../../takes/1/${seq}.ts`))
    expect(open.queued).toEqual([highlight.id])
    expect(await open.events(recordingId)).toEqual(['highlight.created', 'highlight.playable'])
    expect(await open.pending(recordingId)).toEqual([])
  })

  test('is clamped where it is asked beyond the recording, and says so', async () => {
    const recordingId = await open.record('completed')
    const highlight = await open.highlights.trigger(recordingId, { at: at(19.99), preSec: 30, postSec: 30 })
    expect(highlight).toMatchObject({ from: at(0), to: at(20), clamped: { from: at(-10.01), to: at(49.99) } })
  })

  test('is refused where nothing is stored, with the nearest range, and leaves nothing', async () => {
    const recordingId = await open.record('completed')
    const refused = open.highlights.trigger(recordingId, { at: at(100) })
    const range = `${at(0)} to ${at(20)}`
    await expect(refused).rejects.toMatchObject({ code: 'highlight.no-media', field: '/at', allowed: range })
    expect((await open.highlights.list({ limit: 10, recordingId })).items).toEqual([])
    expect(await open.events(recordingId)).toEqual([])
  })

  test('is queued by the sweep when the queue was away', async () => {
    const recordingId = await open.record('completed')
    open.broken.queue = true
    const { id } = await open.highlights.trigger(recordingId, { at: at(10) })
    expect(open.queued).toEqual([])
    open.broken.queue = false
    open.time.now += 60_000
    await open.schedule.sweep()
    expect(open.queued).toContain(id)
  })
})

describe('a highlight of a running recording', () => {
  test('has the rolls of the request, of the recording, or the usual ones, and cuts at the moment and at the end', async () => {
    const recordingId = await open.record('recording')
    const highlight = await open.highlights.trigger(recordingId, { preSec: 5 })
    expect(highlight).toMatchObject({ state: 'waiting', at: at(20), from: at(15), to: at(30), preSec: 5, postSec: 10 })
    expect(await open.pending(recordingId)).toEqual([{ type: 'cut' }, { type: 'cut', atMs: START + 30_000 }])
    await open.highlights.trigger(recordingId, { at: at(40), postSec: 0 })
    await open.highlights.trigger(recordingId, { at: at(50), postSec: 5 })
    const ahead = [40, 50, 55].map((sec) => ({ type: 'cut', atMs: START + sec * 1000 }))
    expect((await open.pending(recordingId)).slice(2)).toEqual(ahead)
  })

  test('has its cuts ordered again from each take that starts', async () => {
    const recordingId = await open.record('recording')
    const origin = { trigger: 'rule', key: 'rule-0@1', rule: 'loudness' } as const
    await open.highlights.trigger(recordingId, { at: at(20), postSec: 10 }, origin)
    await open.highlights.trigger(recordingId, { at: at(40), postSec: 5 })
    const before = (await open.pending(recordingId)).length
    open.time.now = START + 41_000
    await open.schedule.takeStarted(recordingId)
    expect((await open.pending(recordingId)).slice(before)).toEqual([{ type: 'cut', atMs: START + 45_000 }])
    open.time.now = START + 29_000
    await open.schedule.takeStarted(recordingId)
    const again = [30, 40, 45].map((sec) => ({ type: 'cut', atMs: START + sec * 1000 }))
    expect((await open.pending(recordingId)).slice(before + 1)).toEqual(again)
  })

  test('plays when the segment with the end of its post-roll is stored, and not before', async () => {
    const recordingId = await open.record('recording')
    open.schedule.storedUntil(recordingId, START + 20_000)
    const { id } = await open.highlights.trigger(recordingId, { preSec: 5, postSec: 1 })
    open.schedule.storedUntil(recordingId, START + 20_999)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await state(id)).toBe('waiting')
    await open.stores(recordingId, evenSegments(11))
    open.time.now = START + 21_250
    open.schedule.storedUntil(recordingId, START + 22_000)
    await expect.poll(() => state(id), HEARD).toBe('cutting')
    expect(open.seen).toEqual([`${id} playable 250`])
    expect(open.queued).toEqual([id])
  })

  test('plays when its trigger is heard after its last segment', async () => {
    const recordingId = await open.record('recording')
    open.schedule.storedUntil(recordingId, START + 20_000)
    open.time.now = START + 19_000
    const { id } = await open.highlights.trigger(recordingId, { at: at(19), postSec: 0.5 })
    await expect.poll(() => state(id), HEARD).toBe('cutting')
  })

  test('gets what there is when the recording ends', async () => {
    const recordingId = await open.record('recording')
    const { id } = await open.highlights.trigger(recordingId, { preSec: 5, postSec: 600 })
    await open.schedule.recordingEnded(recordingId)
    expect(await state(id)).toBe('waiting')
    await open.becomes(recordingId, 'completed', at(20))
    await open.stores(recordingId, evenSegments(10), { ended: true })
    await open.schedule.recordingEnded(recordingId)
    expect(await open.highlights.get(id)).toMatchObject({ state: 'cutting', to: at(20), clamped: { to: at(620) } })
    expect(open.seen.at(-1)).toBe(`${id} playable 0`)
  })

  test('fails when the recording ends without any of its time', async () => {
    const recordingId = await open.record('recording')
    const { id } = await open.highlights.trigger(recordingId, { at: at(300), preSec: 1, postSec: 1 })
    await open.becomes(recordingId, 'completed', at(20))
    await open.stores(recordingId, evenSegments(10), { ended: true })
    await open.schedule.recordingEnded(recordingId)
    expect(await open.highlights.get(id)).toMatchObject({ state: 'failed', error: { code: 'highlight.no-media' } })
    expect(open.woken.at(-1)).toBe(`${recordingId}/0`)
    expect(open.seen).toEqual([`${id} failed highlight.no-media`])
  })

  test('is planned by the sweep when nobody heard of its segment', async () => {
    const recordingId = await open.record('recording')
    const { id } = await open.highlights.trigger(recordingId, { preSec: 5, postSec: 2 })
    open.time.now = START + 60_000
    await open.schedule.sweep()
    expect(await state(id)).toBe('waiting')
    await open.stores(recordingId, evenSegments(11))
    await open.schedule.sweep()
    expect(await open.highlights.get(id)).toMatchObject({ state: 'cutting', to: at(22), clamped: null })
  })

  test('in a recording whose worker died is planned once nothing more can come', async () => {
    const recordingId = await open.record('recording')
    const { id } = await open.highlights.trigger(recordingId, { preSec: 5, postSec: 5 })
    await open.becomes(recordingId, 'failed', at(22))
    open.time.now = START + 30_000
    await open.schedule.sweep()
    expect(await state(id)).toBe('waiting')
    open.time.now = START + 90_000
    await open.schedule.sweep()
    expect(await open.highlights.get(id)).toMatchObject({ state: 'cutting', to: at(20) })
  })

  test('whose post-roll ends in a pause does not wait for its end', async () => {
    const recordingId = await open.record('recording')
    const { id } = await open.highlights.trigger(recordingId, { preSec: 5, postSec: 5 })
    await open.becomes(recordingId, 'paused')
    open.time.now = START + 50_000
    await open.schedule.sweep()
    expect(await open.highlights.get(id)).toMatchObject({ state: 'cutting', to: at(20), clamped: { to: at(25) } })
  })
})

test('a highlight that still waits when its recording is deleted fails, and is not looked at for ever', async () => {
  const recordingId = await open.record('recording')
  const { id } = await open.highlights.trigger(recordingId, { preSec: 5, postSec: 5 })
  await open.forget(recordingId)
  open.time.now = START + 60_000
  await open.schedule.sweep()
  expect(await open.highlights.get(id)).toMatchObject({ state: 'failed', error: { code: 'recording.not-found' } })
  open.seen.length = 0
  await open.schedule.sweep()
  expect(open.seen.filter((line) => line.includes(recordingId))).toEqual([])
})

describe('the clip', () => {
  test('is cut from what the plan says, and its figures are those of the clip', async () => {
    const recordingId = await open.record('completed')
    const { id: highlightId } = await open.highlights.trigger(recordingId, { at: at(10), preSec: 4, postSec: 3 })
    const ids = { recordingId, highlightId }
    expect(await open.clipJobs.begin(ids, SURROUNDINGS)).toMatchObject({
      ...ids,
      ...SURROUNDINGS,
      atMs: START + 10_000,
      fromMs: START + 6000,
      toMs: START + 13_000,
      video: { width: 1280, height: 720, fps: 25 },
    })
    open.time.now += 1500
    await open.cut(ids, { firstMs: START + 6000, endMs: START + 12_960, durationSec: 6.96, bytes: 4711 })
    const ready = await open.highlights.get(highlightId)
    expect(ready).toMatchObject({ state: 'ready', durationSec: 6.96, bytes: 4711, from: at(6), to: at(12.96) })
    expect(Value.Errors(HighlightSchema, ready)).toEqual([])
    expect(open.seen.at(-1)).toBe(`${highlightId} ready 1500`)
    expect(open.woken.at(-1)).toBe(`${recordingId}/0`)
    expect(await open.clipJobs.begin(ids, SURROUNDINGS)).toBeUndefined()
    const manifest = JSON.parse(await open.text(`${recordingId}/highlights/${highlightId}/highlight.json`))
    expect(manifest).toMatchObject({ version: 1, id: highlightId, state: 'ready', durationSec: 6.96, favourite: false })
    await open.highlights.setFavourite(highlightId, true)
    const kept = JSON.parse(await open.text(`${recordingId}/highlights/${highlightId}/highlight.json`))
    expect(kept.favourite).toBe(true)
    expect(await open.highlights.update(highlightId, { label: 'Named later' })).toMatchObject({ favourite: true })
    const named = await open.highlights.get(highlightId)
    expect([named.label, named.state]).toEqual(['Named later', 'ready'])
    expect((await open.highlights.update(highlightId, { label: null })).label).toBeNull()
  })

  test('that cannot be made leaves its highlight failed, with the playlist', async () => {
    const recordingId = await open.record('completed')
    const { id: highlightId } = await open.highlights.trigger(recordingId, { at: at(10) })
    await open.clipJobs.fail({ recordingId, highlightId }, { code: 'clip.wrong-media', message: 'no' })
    const failed = await open.highlights.get(highlightId)
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'clip.wrong-media' } })
    expect(failed.playableAt).not.toBeNull()
  })

  test('of a highlight that is deleted meanwhile is thrown away', async () => {
    const recordingId = await open.record('completed')
    const { id: highlightId } = await open.highlights.trigger(recordingId, { at: at(10) })
    const folder = `${recordingId}/highlights/${highlightId}/`
    const stored = async () => {
      let count = 0
      for await (const _ of open.store.list(folder)) count += 1
      return count
    }
    expect(await stored()).toBe(1)
    await open.highlights.delete(highlightId)
    expect(await stored()).toBe(0)
    await open.store.put(`${folder}clip.mp4`, new Uint8Array(10))
    const figures = { durationSec: 1, frames: 25, bytes: 10, firstMs: START, endMs: START + 1000, encodedFrames: 0 }
    await open.clipJobs.finish({ recordingId, highlightId }, figures)
    expect(await stored()).toBe(0)
    await open.store.put(`${folder}poster.jpg`, new Uint8Array(10))
    expect(await open.clipJobs.begin({ recordingId, highlightId }, SURROUNDINGS)).toBeUndefined()
    expect(await stored()).toBe(0)
    await expect(open.highlights.get(highlightId)).rejects.toMatchObject({ code: 'highlight.not-found' })
    await expect(open.highlights.delete(highlightId)).rejects.toMatchObject({ code: 'highlight.not-found' })
    expect((await open.events(recordingId)).at(-1)).toBe('highlight.deleted')
  })
})

test('highlights are listed newest first, page by page, by what they are', async () => {
  const recordingId = await open.record('completed')
  const made: string[] = []
  for (const [index, by] of ['Amy', 'Bob', 'Amy'].entries()) {
    const label = ['Applause', 'The 100%_proof', 'applause again'][index] ?? ''
    made.push((await open.highlights.trigger(recordingId, { at: at(5 + index), by, label })).id)
  }
  const [a = '', b = '', c = ''] = made
  await open.highlights.setFavourite(b, true)
  const ids = async (query: object) =>
    (await open.highlights.list({ limit: 10, recordingId, ...query })).items.map(({ id }) => id)
  const page = await open.highlights.list({ limit: 2, recordingId })
  expect(page.items.map(({ id }) => id)).toEqual([c, b])
  const rest = await open.highlights.list({ limit: 2, recordingId, cursor: page.nextCursor ?? '' })
  expect([rest.items.map(({ id }) => id), rest.nextCursor]).toEqual([[a], null])
  expect(await ids({ by: 'Amy' })).toEqual([c, a])
  expect(await ids({ label: 'APPLAUSE' })).toEqual([c, a])
  expect(await ids({ label: '0%_P' })).toEqual([b])
  expect(await ids({ favourite: true })).toEqual([b])
  expect(await ids({ favourite: false })).toEqual([c, a])
  expect(await ids({ since: at(6), until: at(7) })).toEqual([b])
  expect(await ids({ states: ['ready', 'failed'] })).toEqual([])
  expect(await ids({ states: ['cutting'], room: 'class-42' })).toEqual([c, b, a])
  expect(await ids({ room: 'another' })).toEqual([])
  await expect(open.highlights.list({ limit: 2, cursor: 'nonsense' })).rejects.toMatchObject({
    code: 'request.cursor-invalid',
  })
})
