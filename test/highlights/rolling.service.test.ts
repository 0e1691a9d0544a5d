import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadPublication, loadWindow } from '../../src/archive/index.ts'
import { createRetainedSegments } from '../../src/db/index.ts'
import { type NextRemoval, Removals } from '../../src/retention/index.ts'
import { evenSegments, FPS, SEGMENT_SEC } from '../playlist/segments.ts'
import { at, type OpenHighlights, openHighlights, START } from './open-highlights.ts'

const ROLLING_SEC = 60
/** As the worker of clips does, and never at the time of a segment. */
const SWEEP_EVERY_SEC = 5

let open: OpenHighlights
beforeAll(async () => {
  open = await openHighlights()
})
afterAll(() => open?.[Symbol.asyncDispose]())

/** A rolling recording that is recorded as the clock goes, looked at by the sweep and by the removals. */
async function record() {
  const id = await open.record('recording', evenSegments(1), { retention: { rollingSec: ROLLING_SEC } })
  const { store, time, schedule } = open
  const clock = () => new Date(time.now)
  const windowOf = (recordingId: string) => loadWindow(store, recordingId)
  const pins = createRetainedSegments(open.database)
  const removals = new Removals({ repository: open.ports.recordings, retained: pins, store, clock, windowOf })
  const segments = evenSegments(300)
  const settings = { segmentSec: SEGMENT_SEC, fps: FPS, rollingSec: ROLLING_SEC }
  const publication = await loadPublication(store, id, settings)
  await store.put(`${id}/${segments[0]?.uri}`, new Uint8Array(188))
  let next: NextRemoval | undefined = { marks: [], afterSec: 0 }
  let lookSec = 0
  let stored = 1
  let sec = SEGMENT_SEC
  return {
    id,
    async until(endSec: number) {
      for (; sec <= endSec; sec += 1) {
        time.now = START + sec * 1000
        const segment = segments[stored]
        if (segment !== undefined && (stored + 1) * SEGMENT_SEC <= sec) {
          await store.put(`${id}/${segment.uri}`, new Uint8Array(188))
          publication.add(segment)
          await publication.publish({ ended: false })
          stored += 1
        }
        if (sec % SWEEP_EVERY_SEC === 0) await schedule.sweep()
        if (next === undefined || sec < lookSec) continue
        next = await removals.run(id, next.marks)
        lookSec = sec + (next?.afterSec ?? 0)
      }
    },
    isThere: async (number: number) => (await store.head(`${id}/takes/1/${number}.ts`)) !== undefined,
  }
}

test('a rolling recording keeps what a highlight waits for, however long its post-roll is', async () => {
  const recording = await record()
  await recording.until(100)
  const asked = { at: at(100), preSec: 20, postSec: 240 }
  const { id } = await open.highlights.trigger(recording.id, asked)
  const ahead = await open.highlights.trigger(recording.id, { at: at(200), preSec: 20, postSec: 140 })
  await recording.until(345)
  expect(await open.highlights.get(id)).toMatchObject({
    state: 'cutting',
    from: at(80),
    to: at(340),
    clamped: null,
    gaps: [],
  })
  expect(await open.highlights.get(ahead.id)).toMatchObject({
    state: 'cutting',
    from: at(180),
    to: at(340),
    clamped: null,
  })
  const playlist = await open.text(`${recording.id}/highlights/${id}/clip.m3u8`)
  const named = (playlist.match(/^\S+\.ts$/gm) ?? []).map((uri) => Number(/(\d+)\.ts$/.exec(uri)?.[1]))
  expect(named).toEqual(Array.from({ length: 130 }, (_, index) => 40 + index))
  expect(playlist).not.toContain('#EXT-X-DISCONTINUITY\n')
  await recording.until(590)
  for (const number of named) expect([number, await recording.isThere(number)]).toEqual([number, true])
  expect(await recording.isThere(38)).toBe(false)
  expect(await recording.isThere(172)).toBe(false)
}, 60_000)

test('a recording that keeps everything is not read for what waits', async () => {
  const recordingId = await open.record('recording')
  open.loads.length = 0
  open.time.now = START + 20_000
  await open.highlights.trigger(recordingId, { preSec: 5, postSec: 60 })
  await open.schedule.sweep()
  expect(open.loads).toEqual([])
})
