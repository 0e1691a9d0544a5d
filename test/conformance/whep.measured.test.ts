import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  FileServer,
  type Film,
  firstPicture,
  makePatternClip,
  measureCadence,
  measureSync,
  patternOf,
  quantile,
  readFilm,
  Sfu,
  type SyncPoint,
  Timeline,
} from '../kit/index.ts'
import { TestService } from '../kit/service/test-service.ts'
import {
  HLS_SYNC_P95_SEC,
  PRESENT_MIN,
  RETURN_MAX_MS,
  SETTLE_SEC,
  WHEP_FREEZE_MAX_SEC,
  WHEP_SYNC_P95_SEC,
} from './tolerances.ts'

const SIZE = { width: 1280, height: 720 }
const RECORD_SEC = 60
/** When the publisher in Chrome leaves, and for how long: past the 2 s after which a placeholder is shown. */
const LEAVES_AFTER_SEC = 25
const AWAY_SEC = 6
const CLIP_SEC = 150
/** In the order of the patterns. */
const AMY = 0
const CLEO = 1
const BEN = 2
const FILE = 3

interface Story {
  readonly film: Film
  readonly timeline: Timeline
  readonly sync: readonly (readonly SyncPoint[])[]
  readonly viewersAfter: number
  readonly at: { readonly running: number; readonly left: number; readonly back: number; readonly stopped: number }
}

let story: Story
beforeAll(async () => {
  const patterns = [AMY, CLEO, BEN, FILE].map(patternOf)
  const clips = await Promise.all(patterns.map((pattern) => makePatternClip(pattern, CLIP_SEC)))
  const clip = (index: number): string => clips[index] ?? ''
  await using service = await TestService.start()
  await using sfu = await Sfu.start()
  await using files = await FileServer.start(dirname(clip(FILE)))
  await sfu.feed('amy', clip(AMY))
  await sfu.feed('cleo', clip(CLEO))
  await sfu.publishFromChrome('ben', clip(BEN))
  const whep = (id: string) => ({ id, type: 'whep' as const, url: sfu.whepUrl(id) })
  const call = await service.post({
    sources: [
      whep('amy'),
      whep('cleo'),
      whep('ben'),
      { id: 'file', type: 'video', url: files.url(basename(clip(FILE))) },
    ],
    layout: { name: 'grid' },
  })
  await call.running()
  const running = Date.now()
  await sleep(LEAVES_AFTER_SEC * 1000)
  await sfu.unpublish('ben')
  const left = Date.now()
  await sleep(AWAY_SEC * 1000)
  await sfu.publishFromChrome('ben', clip(BEN))
  const back = Date.now()
  await sleep(running + RECORD_SEC * 1000 - back)
  const stopped = Date.now()
  await call.stop()
  const film = await readFilm({ input: call.indexUrl, size: SIZE, patterns })
  story = {
    film,
    timeline: new Timeline(await call.index(), film),
    sync: await measureSync(film, call.indexUrl),
    viewersAfter: (await sfu.viewers('amy')) + (await sfu.viewers('cleo')) + (await sfu.viewers('ben')),
    at: { running, left, back, stopped },
  }
})

function steady() {
  const fromSec = story.timeline.ptsSec(story.at.running) + SETTLE_SEC
  return { fromSec, toSec: story.timeline.ptsSec(story.at.stopped) - 0.5 }
}

function offsets(source: number): number[] {
  const { fromSec, toSec } = steady()
  const points = (story.sync[source] ?? []).filter(({ ptsSec }) => ptsSec >= fromSec && ptsSec < toSec)
  expect(points.length).toBeGreaterThan((RECORD_SEC - SETTLE_SEC) * 0.9)
  return points.map(({ offsetSec }) => Math.abs(offsetSec))
}

describe('WHEP sources recorded for a minute', () => {
  test.each([
    ['amy', AMY],
    ['cleo', CLEO],
  ])('%s never freezes for half a second', (_, source) => {
    const cadence = measureCadence(story.film, source, steady())
    expect(cadence).toMatchObject({ unreadable: 0, backwards: 0 })
    expect(cadence.longestFreezeSec).toBeLessThanOrEqual(WHEP_FREEZE_MAX_SEC)
  })

  test.each([
    ['amy', AMY],
    ['cleo', CLEO],
  ])('%s: sound and picture are in step', (_, source) => {
    expect(quantile(offsets(source), 0.95)).toBeLessThanOrEqual(WHEP_SYNC_P95_SEC)
  })

  test('a publisher that leaves gives way to a placeholder and is back within 5 s of its return', () => {
    const from = story.timeline.ptsSec(story.at.left)
    const gone = firstPicture(story.film, from, ({ sources }) => sources[BEN]?.counter === undefined)
    expect(gone).toBeDefined()
    const backSec = story.timeline.ptsSec(story.at.back)
    const shown = firstPicture(story.film, gone ?? 0, ({ sources }) => sources[BEN]?.counter !== undefined)
    expect(((shown ?? Number.POSITIVE_INFINITY) - backSec) * 1000).toBeLessThanOrEqual(RETURN_MAX_MS)
  })

  test('every session is deleted at the server in the end', () => {
    expect(story.viewersAfter).toBe(0)
  })
})

describe('a video file recorded beside them', () => {
  test('shows 99 of 100 frames', () => {
    expect(measureCadence(story.film, FILE, steady()).present).toBeGreaterThanOrEqual(PRESENT_MIN)
  })

  test('its sound and picture are in step', () => {
    expect(quantile(offsets(FILE), 0.95)).toBeLessThanOrEqual(HLS_SYNC_P95_SEC)
  })
})
