import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Planner } from '../../src/highlights/planner.ts'
import { createHighlightWriter } from '../../src/highlights/write.ts'
import { evenSegments } from '../playlist/segments.ts'
import { at, type OpenHighlights, openHighlights, START } from './open-highlights.ts'

let open: OpenHighlights
beforeAll(async () => {
  open = await openHighlights()
})
afterAll(() => open?.[Symbol.asyncDispose]())
beforeEach(() => {
  open.time.now = START + 20_000
  open.broken.store = false
  open.loads.length = 0
})
const state = async (id: string) => (await open.highlights.get(id)).state

describe('a trigger', () => {
  test('that is said twice is one highlight', async () => {
    const recordingId = await open.record('recording')
    const origin = { trigger: 'signal', key: 'sig-1', rule: null } as const
    const twice = [1, 2].map(() => open.highlights.trigger(recordingId, { at: at(20), label: 'Wow' }, origin))
    const [first, second] = await Promise.all(twice)
    expect(first).toMatchObject({ trigger: 'signal', rule: null, label: 'Wow' })
    expect(second?.id).toBe(first?.id)
    expect(await open.events(recordingId)).toEqual(['highlight.created'])
    expect(await open.pending(recordingId)).toEqual([])
    await open.highlights.delete(first?.id ?? '')
    await open.highlights.trigger(recordingId, { at: at(20) }, origin)
    expect((await open.highlights.list({ limit: 10, recordingId })).items).toEqual([])
  })

  test('of the API that is repeated with its key is one highlight, and its deletion frees the key', async () => {
    const recordingId = await open.record('completed')
    const origin = { trigger: 'api', key: 'api-1' } as const
    const first = await open.highlights.trigger(recordingId, { at: at(10) }, origin)
    const again = await open.highlights.trigger(recordingId, { at: at(10) }, origin)
    expect([again.id, again.trigger]).toEqual([first.id, 'api'])
    expect((await open.events(recordingId)).filter((type) => type === 'highlight.created')).toHaveLength(1)
    await open.highlights.delete(first.id)
    const other = await open.highlights.trigger(recordingId, { at: at(10) }, origin)
    expect((await open.highlights.get(other.id)).state).toBe('cutting')
  })

  test('of a signal or a rule over a hole gives a highlight that failed, because nobody is there to be refused', async () => {
    const recordingId = await open.record('completed')
    const origin = { trigger: 'signal', key: 'sig-hole', rule: null } as const
    const { id, state: first } = await open.highlights.trigger(recordingId, { at: at(100) }, origin)
    expect(first).toBe('failed')
    const { error } = await open.highlights.get(id)
    expect(error).toMatchObject({
      code: 'highlight.no-media',
      message: expect.stringContaining(`${at(0)} to ${at(20)}`),
    })
    expect(await open.events(recordingId)).toEqual(['highlight.created', 'highlight.failed'])
  })

  test('lies at most an hour ahead', async () => {
    const recordingId = await open.record('recording')
    const late = { at: at(20 + 3601) }
    await expect(open.highlights.trigger(recordingId, late)).rejects.toMatchObject({
      code: 'highlight.too-far-ahead',
      field: '/at',
      received: late.at,
    })
    await expect(open.highlights.trigger(recordingId, { at: 'soon' })).rejects.toMatchObject({
      code: 'request.invalid',
    })
    await expect(open.highlights.trigger('rec_x', {})).rejects.toMatchObject({ code: 'recording.not-found' })
  })

  test('of the past is stored while the store is away, and planned by the sweep', async () => {
    const recordingId = await open.record('completed')
    open.broken.store = true
    const { id, state: first } = await open.highlights.trigger(recordingId, { at: at(10), postSec: 0 })
    expect(first).toBe('waiting')
    open.time.now += 10_000
    await open.schedule.sweep()
    expect(await state(id)).toBe('waiting')
    open.broken.store = false
    await open.schedule.sweep()
    expect(await state(id)).toBe('cutting')
  })

  test('of the past needs the index of its own time only, unless nothing of it is stored', async () => {
    const recordingId = await open.record('completed', evenSegments(100))
    await open.highlights.trigger(recordingId, { at: at(150), preSec: 5, postSec: 2 })
    expect(open.loads).toEqual([START + 144_000])
    await expect(open.highlights.trigger(recordingId, { at: at(300), preSec: 5 })).rejects.toMatchObject({
      code: 'highlight.no-media',
      allowed: `${at(0)} to ${at(200)}`,
    })
    expect(open.loads.at(-1)).toBeUndefined()
  })

  test('whose highlight is deleted while it is planned leaves nothing behind', async () => {
    const recordingId = await open.record('completed')
    const { ports } = open
    open.broken.store = true
    const { id } = await open.highlights.trigger(recordingId, { at: at(10) })
    open.broken.store = false
    const record = await ports.highlights.find(id)
    await open.highlights.delete(id)
    if (record === undefined) throw new Error('there is no highlight')
    const planner = new Planner(ports, createHighlightWriter(ports))
    const recording = await ports.recordings.find(recordingId)
    expect(await planner.plan(record, recording, await ports.index.load(recordingId))).toBeUndefined()
    for await (const { key } of open.store.list(`${recordingId}/highlights/`)) expect(key).toBe('nothing')
  })
})
