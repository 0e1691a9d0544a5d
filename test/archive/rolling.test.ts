import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPublication, loadPublication, loadSegments, loadWindow, playerView } from '../../src/archive/index.ts'
import { selectSegments } from '../../src/highlights/plan.ts'
import { parsePlaylist as parseOurs, type Segment } from '../../src/playlist/index.ts'
import { finalizeRecording } from '../../src/recovery/finalize-recording.ts'
import { type RemovalMark, Removals } from '../../src/retention/index.ts'
import { planRemoval } from '../../src/retention/plan-removal.ts'
import { openStore, type SegmentStore } from '../../src/store/index.ts'
import { parsePlaylist, updateFaults } from '../kit/watch/playlist-rules.ts'
import { FPS, SEGMENT_SEC } from '../playlist/segments.ts'
import { aRecord } from '../recording/records.ts'

const ID = 'rec_1'
const ROLLING_SEC = 60
const KEPT = ROLLING_SEC / SEGMENT_SEC
const SETTINGS = { segmentSec: SEGMENT_SEC, fps: FPS, rollingSec: ROLLING_SEC }
const START = Date.UTC(2026, 10, 21, 9)
/** The index is written about every √30 segments: so many more may still be named. */
const LATE = 6

async function openFolder() {
  const path = await mkdtemp(join(tmpdir(), 'panorec-rolling-'))
  const store = await openStore({ kind: 'fs', path })
  const media = async (take: number) =>
    (await readdir(join(path, ID, 'takes', `${take}`)).catch(() => [])).filter((name) => name.endsWith('.ts')).length
  return { store, media, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** The segment of this number in the recording, the first of take 2 and of take 3 among them. */
function segment(number: number): Omit<Segment, 'seq'> {
  const take = number < 20 ? 1 : number < 45 ? 2 : 3
  return {
    take,
    uri: `takes/${take}/${number}.ts`,
    durationSec: SEGMENT_SEC,
    programDateTimeMs: START + number * SEGMENT_SEC * 1000,
    discontinuity: number === 10,
  }
}

async function view(store: SegmentStore, name: string): Promise<string> {
  return await new Response((await playerView(store).get(`${ID}/${name}.m3u8`)).body).text()
}

test('slides by the rules through restarts of its recorder, and removed media stay for as long as a player may ask', async () => {
  await using opened = await openFolder()
  const { store } = opened
  let nowMs = START
  let state: 'recording' | 'completed' = 'recording'
  const removals = new Removals({
    store,
    clock: () => new Date(nowMs),
    repository: { find: async () => aRecord({ state }) },
    retained: { of: async () => ['takes/1/3.ts'] },
    windowOf: (id) => loadWindow(store, id),
  })
  let next: { marks: readonly RemovalMark[]; afterSec: number } | undefined = { marks: [], afterSec: 0 }
  let lookMs = nowMs
  const look = async () => {
    if (next === undefined || nowMs < lookMs) return
    next = await removals.run(ID, next.marks)
    lookMs = nowMs + (next?.afterSec ?? 0) * 1000
  }
  const before = new Map<string, NonNullable<ReturnType<typeof parsePlaylist>['playlist']>>()
  /** When each segment was last named by any playlist that a player could read. */
  const namedMs = new Map<string, number>()
  const check = async () => {
    for (const name of ['index', 'live']) {
      const { playlist, faults } = parsePlaylist(await view(store, name))
      const last = before.get(name)
      expect([...faults, ...(last && playlist ? updateFaults(last, playlist) : [])]).toEqual([])
      if (playlist === undefined) throw new Error('no playlist')
      before.set(name, playlist)
      for (const { uri } of playlist.segments) {
        namedMs.set(uri, nowMs)
      }
      for (const at of [0, -1]) expect(await store.head(`${ID}/${playlist.segments.at(at)?.uri}`)).toBeDefined()
    }
  }

  let publication = await loadPublication(store, ID, SETTINGS)
  for (let number = 0; number < 200; number += 1) {
    if (number === 20 || number === 45) publication = await loadPublication(store, ID, SETTINGS)
    const given = segment(number)
    await store.put(`${ID}/${given.uri}`, new Uint8Array(188))
    expect(publication.add(given).seq).toBe(number)
    await publication.publish({ ended: false })
    await check()
    const index = before.get('index')
    expect(index?.playlistType).toBeUndefined()
    expect(index?.segments.length).toBeGreaterThanOrEqual(Math.min(number + 1, KEPT))
    expect(index?.segments.length).toBeLessThanOrEqual(KEPT + LATE)
    await look()
    const oldest = [...namedMs].find(([, ms]) => nowMs - ms < (ROLLING_SEC + SEGMENT_SEC) * 1000)
    if (oldest !== undefined) expect(await store.head(`${ID}/${oldest[0]}`)).toBeDefined()
    nowMs += SEGMENT_SEC * 1000
  }
  expect(publication.stored).toMatchObject({ durationSec: ROLLING_SEC, segments: KEPT })
  // One that a clip names is still there, with those around it; the rest is bounded by twice the window and what a look is late.
  expect(await opened.media(1)).toBe(3)
  expect(await opened.media(2)).toBe(0)
  expect(await opened.media(3)).toBeLessThan(KEPT * 3)

  const clip = selectSegments({
    segments: (await loadSegments(store, ID))?.segments ?? [],
    fromMs: START,
    atMs: START + 399_000,
    toMs: START + 400_000,
    frameSec: 1 / FPS,
  })
  expect(clip).toMatchObject({ kind: 'plan', clamped: { fromMs: START } })

  await publication.publish({ ended: true })
  await check()
  const left = parseOurs(await view(store, 'index'))
  expect(left).toMatchObject({ ended: true, discontinuitySequence: 3 })
  expect(left?.segments.map(({ uri }) => uri)).toEqual(
    Array.from({ length: KEPT }, (_, at) => segment(200 - KEPT + at).uri),
  )
  expect(await view(store, 'index')).toContain('#EXT-X-PLAYLIST-TYPE:VOD\n')
  state = 'completed'
  for (; next !== undefined; nowMs = lookMs) await look()
  expect(await opened.media(3)).toBe(KEPT)
  await check()
})

test('is closed by others as its recorder would, without going back', async () => {
  await using opened = await openFolder()
  const { store } = opened
  const publication = await loadPublication(store, ID, SETTINGS)
  for (let number = 0; number < 70; number += 1) {
    publication.add(segment(number))
    await publication.publish({ ended: false })
  }
  const running = parsePlaylist(await view(store, 'index')).playlist
  expect((await finalizeRecording(store, ID)).segments).toBeLessThanOrEqual(KEPT + LATE)
  const { playlist, faults } = parsePlaylist(await view(store, 'index'))
  if (running === undefined || playlist === undefined) throw new Error('no playlist')
  expect([...faults, ...updateFaults(running, playlist)]).toEqual([])
  expect(playlist).toMatchObject({ endlist: true, discontinuitySequenceBase: 2 })
  expect((await finalizeRecording(store, ID)).segments).toBe(playlist.segments.length)
})

test('keeps what it holds in memory within its window', () => {
  const noStore = {} as SegmentStore
  const publication = createPublication(
    { store: noStore, recordingId: ID, targetDurationSec: 3, rollingSec: ROLLING_SEC },
    [],
  )
  for (let number = 0; number < 50_000; number += 1) publication.add(segment(number))
  expect(publication.stored).toMatchObject({ durationSec: ROLLING_SEC, segments: KEPT })
  expect(publication.last?.seq).toBe(49_999)
})

test('the next look is planned from what the playlists show', () => {
  const window = { first: { take: 1, number: 7 }, durationSec: 60, targetDurationSec: 3 }
  const first = planRemoval({ marks: [], window, nowMs: 1000, isOver: false })
  expect(first).toEqual({ marks: [{ take: 1, number: 7, dueMs: 64_000 }], afterSec: 16 })
  expect(planRemoval({ marks: first?.marks ?? [], window, nowMs: 20_000, isOver: false })?.marks).toEqual(first?.marks)
  const later = { ...window, first: { take: 2, number: 0 } }
  const second = planRemoval({ marks: first?.marks ?? [], window: later, nowMs: 64_000, isOver: false })
  expect(second?.marks).toEqual([{ take: 2, number: 0, dueMs: 127_000 }])
  expect(planRemoval({ marks: second?.marks ?? [], window: later, nowMs: 130_000, isOver: false })?.marks).toEqual(
    second?.marks,
  )
  expect(planRemoval({ marks: second?.marks ?? [], window: later, nowMs: 130_000, isOver: true })).toBeUndefined()
  expect(planRemoval({ marks: [], window: undefined, nowMs: 0, isOver: false })).toEqual({ marks: [], afterSec: 5 })
  expect(planRemoval({ marks: [], window: undefined, nowMs: 0, isOver: true })).toBeUndefined()
})

test('names each segment by its number also when an outage let the window move past all that the index shows', async () => {
  const long = (number: number) => ({ ...segment(number), take: 1, uri: `takes/1/${number}.ts`, durationSec: 10 })
  for (let before = 6; before < 16; before += 1) {
    await using folder = await openFolder()
    const { store } = folder
    const publication = await loadPublication(store, ID, { segmentSec: 10, fps: FPS, rollingSec: ROLLING_SEC })
    for (let number = 0; number < before; number += 1) {
      publication.add(long(number))
      await publication.publish({ ended: false })
    }
    const end = before + 8
    for (let number = before; number < end; number += 1) publication.add(long(number))
    await publication.publish({ ended: false })
    const named = (await loadSegments(store, ID))?.segments.map(({ seq, uri }) => [seq, uri]) ?? []
    expect(named.slice(-6)).toEqual([6, 5, 4, 3, 2, 1].map((back) => [end - back, `takes/1/${end - back}.ts`]))
  }
})
