import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadRecap } from '../../src/highlights/index.ts'
import { MOST_RECAP_SEC } from '../../src/protocol/index.ts'
import { at, type OpenHighlights, openHighlights, START, SURROUNDINGS } from './open-highlights.ts'

let open: OpenHighlights
beforeAll(async () => {
  open = await openHighlights()
})
afterAll(() => open?.[Symbol.asyncDispose]())
beforeEach(() => {
  open.time.now = START + 20_000
})

/** More than a page of highlights. */
const MANY = 104

/** Clips of a recording that are ready, in the order of their time. */
async function readyClips(recordingId: string, count: number, durationSec = 2): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i += 1) {
    const moment = { at: at(2 + (i * 16) / count), preSec: 1, postSec: 1 }
    const { id: highlightId } = await open.highlights.trigger(recordingId, moment)
    await open.cut({ recordingId, highlightId }, { durationSec })
    ids.push(highlightId)
  }
  return ids
}

test('a recap of all has all, however many they are', async () => {
  const recordingId = await open.record('completed')
  const ids = await readyClips(recordingId, MANY)
  const recap = await open.highlights.recap(recordingId, {})
  expect(recap.highlights).toEqual(ids)
  const job = await open.recapJobs.begin({ recordingId, recapId: recap.id }, SURROUNDINGS)
  expect(job?.clips.map(({ highlightId }) => highlightId)).toEqual(ids)
})

test('a recap that would be too long is refused at once, of all or of those that are chosen', async () => {
  const recordingId = await open.record('completed')
  const ids = await readyClips(recordingId, 3, MOST_RECAP_SEC / 2)
  for (const request of [{}, { highlights: ids }]) {
    const refused = open.highlights.recap(recordingId, request)
    await expect(refused).rejects.toMatchObject({ code: 'recap.too-long', field: '/highlights' })
  }
  expect((await open.highlights.recaps(recordingId, { limit: 9 })).items).toEqual([])
})

test('a recap says what was deleted before it was made, and fails without any clip', async () => {
  const recordingId = await open.record('completed')
  const [first = '', second = '', third = ''] = await readyClips(recordingId, 3)
  const recap = await open.highlights.recap(recordingId, {})
  const ids = { recordingId, recapId: recap.id }
  await open.highlights.delete(second)
  expect((await open.recapJobs.begin(ids, SURROUNDINGS))?.clips).toHaveLength(2)
  await open.highlights.delete(first)
  expect((await open.recapJobs.begin(ids, SURROUNDINGS))?.clips).toHaveLength(1)
  await open.recapJobs.finish(ids, { durationSec: 2, bytes: 1 })
  const made = await open.highlights.getRecap(recap.id)
  expect(made).toMatchObject({ state: 'ready', highlights: [third], omitted: [second, first] })

  const hopeless = await open.highlights.recap(recordingId, {})
  await open.highlights.delete(third)
  const begun = open.recapJobs.begin({ recordingId, recapId: hopeless.id }, SURROUNDINGS)
  await expect(begun).rejects.toMatchObject({ code: 'highlight.not-found' })
})

test('a deleted recap takes its film with it, also one that is stored afterwards', async () => {
  const recordingId = await open.record('completed')
  await readyClips(recordingId, 1)
  const [made, late] = [await open.highlights.recap(recordingId, {}), await open.highlights.recap(recordingId, {})]
  const film = (id: string) => `${recordingId}/outputs/${id}.mp4`
  for (const { id } of [made, late]) {
    expect(await open.recapJobs.begin({ recordingId, recapId: id }, SURROUNDINGS)).toBeDefined()
  }
  await open.store.put(film(made.id), new Uint8Array(1))
  await open.recapJobs.finish({ recordingId, recapId: made.id }, { durationSec: 2, bytes: 1 })
  expect(await loadRecap(open.store, { recordingId, id: made.id })).toMatchObject({ state: 'ready', durationSec: 2 })
  for (const { id } of [made, late]) await open.highlights.deleteRecap(id)
  await open.store.put(film(late.id), new Uint8Array(1))
  await open.recapJobs.finish({ recordingId, recapId: late.id }, { durationSec: 2, bytes: 1 })
  for (const { id } of [made, late]) {
    expect(await open.store.head(film(id))).toBeUndefined()
    expect(await open.store.head(`${recordingId}/outputs/${id}.json`)).toBeUndefined()
  }
  await expect(open.highlights.deleteRecap(made.id)).rejects.toMatchObject({ code: 'recap.not-found' })
})
