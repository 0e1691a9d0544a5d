import { expect, test } from 'vitest'
import { ClipJobs, createHighlights, loadHighlight } from '../../src/highlights/index.ts'
import type { SegmentStore } from '../../src/store/index.ts'
import { makeFaulty } from '../store/faulty-store.ts'
import { at, openHighlights, SURROUNDINGS } from './open-highlights.ts'

const RESULT = { durationSec: 4, frames: 100, bytes: 1, firstMs: 0, endMs: 4000, encodedFrames: 0 }

test('a name that is given while the clip is finished is stored beside it', async () => {
  await using open = await openHighlights()
  open.time.now += 20_000
  const recordingId = await open.record('completed')
  const { id: highlightId } = await open.highlights.trigger(recordingId, { at: at(10), preSec: 2, postSec: 2 })
  const ids = { recordingId, highlightId }
  await open.clipJobs.begin(ids, SURROUNDINGS)
  let renamed: Promise<unknown> | undefined
  const highlights = createHighlights(open.ports)
  /** Somebody renames it between the first copy of its row in the store and the change of its row. */
  const store: SegmentStore = {
    ...makeFaulty(open.store),
    async put(...args: Parameters<typeof open.store.put>) {
      await open.store.put(...args)
      renamed ??= highlights.update(highlightId, { label: 'Renamed' })
      await renamed
    },
  }
  const clips = new ClipJobs({ ...open.ports, store })
  await clips.finish(ids, RESULT)
  const stored = await loadHighlight(open.store, { recordingId, id: highlightId })
  expect(stored).toEqual(await open.ports.highlights.find(highlightId))
  expect(stored).toMatchObject({ state: 'ready', label: 'Renamed' })
})

test('a highlight that is deleted while its name is stored leaves nothing', async () => {
  await using open = await openHighlights()
  open.time.now += 20_000
  const recordingId = await open.record('completed')
  const { id: highlightId } = await open.highlights.trigger(recordingId, { at: at(10), preSec: 2, postSec: 2 })
  await open.cut({ recordingId, highlightId })
  const store: SegmentStore = {
    ...makeFaulty(open.store),
    async put(...args: Parameters<typeof open.store.put>) {
      await open.highlights.delete(highlightId)
      await open.store.put(...args)
    },
  }
  await createHighlights({ ...open.ports, store }).update(highlightId, { label: 'Too late' })
  const left: string[] = []
  for await (const { key } of open.store.list(`${recordingId}/highlights/`)) left.push(key)
  expect(left).toEqual([])
})
