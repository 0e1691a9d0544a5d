import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Recording } from '../../src/protocol/index.ts'
import {
  decodeSound,
  type Film,
  firstPicture,
  LiveClass,
  longestGapSec,
  measureCadence,
  measureSync,
  PlaylistWatch,
  playInChrome,
  quantile,
  readFilm,
  type Still,
  type SyncPoint,
  type Tile,
  Timeline,
  type Viewing,
} from '../kit/index.ts'
import { TestService } from '../kit/service/test-service.ts'
import {
  HLS_SYNC_P95_SEC,
  HOLE_MAX_SEC,
  LAYOUT_SWITCH_MAX_MS,
  LIVE_STALLS_MAX,
  PRESENT_MIN,
  REPEATED_MAX,
  RETURN_MAX_MS,
  SETTLE_SEC,
  STOP_MAX_MS,
  STROKE_MAX_MS,
} from './tolerances.ts'

const SIZE = { width: 1280, height: 720 }
const STEADY_SEC = 60
const STALL_SEC = 10
/** Between two changes, so that each is seen to its end. */
const PAUSE_MS = 2500
/** Time for a stalled source to come back, and a little of what follows. */
const AFTER_STALL_MS = RETURN_MAX_MS + 2000
const CLIP_SEC = 150
const FRAME_SEC = 1 / 25
/** Where an edge is found in compressed colour, pixels. */
const EDGE_PX = 4
/** The viewer of the finished recording plays it this much faster, to save time. */
const VOD_RATE = 4

const quarter = (source: string, x: number, y: number) => ({ source, x, y, width: 0.5, height: 0.5 })
const BOARD_LAYOUT = {
  name: 'custom' as const,
  labels: false,
  tiles: [
    quarter('source-0', 0, 0),
    quarter('source-1', 0.5, 0),
    quarter('source-2', 0, 0.5),
    { board: true as const, x: 0.5, y: 0.5, width: 0.5, height: 0.5 },
  ],
}
/** The middle of the board's tile, where the stroke passes. */
const STROKE_PROBE = { x: 950, y: 530, width: 20, height: 20 }

/** One recording, told as it went, and everything that was learned from it. */
interface Story {
  readonly recording: Recording
  readonly film: Film
  readonly timeline: Timeline
  readonly sync: readonly (readonly SyncPoint[])[]
  readonly soundComplaints: readonly string[]
  readonly watch: PlaylistWatch
  readonly live: Viewing
  readonly vod: Viewing
  readonly index: string
  /** Wall times, epoch milliseconds. */
  readonly at: {
    readonly running: number
    readonly single: number
    readonly board: number
    readonly stroke: number
    readonly frozen: number
    readonly thawed: number
    readonly stopped: number
    readonly completed: number
  }
}

let story: Story
beforeAll(async () => {
  await using service = await TestService.start()
  await using live = await LiveClass.start(3, CLIP_SEC)
  const call = await service.post({ sources: live.sources, layout: { name: 'grid' } })
  await using watch = new PlaylistWatch([call.liveUrl, call.indexUrl])
  await call.running()
  const running = Date.now()
  const viewing = call
    .until('a first segment', ({ stats }) => (stats?.segments ?? 0) > 0)
    .then(() => playInChrome(call.liveUrl))
  await sleep(STEADY_SEC * 1000)
  const single = await call.setLayout({ name: 'single', focus: 'source-2', labels: false })
  await sleep(PAUSE_MS)
  const board = await call.setLayout(BOARD_LAYOUT)
  await sleep(PAUSE_MS)
  const stroke = await call.signal({ type: 'board.op', page: 'page-1', op: { action: 'put', element: STROKE } })
  await sleep(PAUSE_MS)
  live.server(1).freeze()
  const frozen = Date.now()
  await sleep(STALL_SEC * 1000)
  live.server(1).thaw()
  const thawed = Date.now()
  await sleep(AFTER_STALL_MS)
  const stopped = Date.now()
  const recording = await call.stop()
  const completed = Date.now()
  await watch[Symbol.asyncDispose]()
  const [liveViewing, index] = [await viewing, await call.index()]
  const film = await readFilm({ input: call.indexUrl, size: SIZE, patterns: live.patterns, probes: [STROKE_PROBE] })
  story = {
    recording,
    film,
    timeline: new Timeline(index, film),
    sync: await measureSync(film, call.indexUrl),
    soundComplaints: (await decodeSound(call.indexUrl)).complaints,
    watch,
    live: liveViewing,
    vod: await playInChrome(call.indexUrl, { rate: VOD_RATE, fromSec: 0 }),
    index,
    at: { running, single, board, stroke, frozen, thawed, stopped, completed },
  }
})

const STROKE = {
  kind: 'stroke',
  id: 'stroke-1',
  version: 1,
  nonce: 1,
  color: '#d00000',
  strokeWidth: 120,
  points: [
    [300, 450, 0.5],
    [800, 450, 0.5],
    [1300, 450, 0.5],
  ],
}
const SOURCES = [0, 1, 2]

function steady() {
  const fromSec = story.timeline.ptsSec(story.at.running) + SETTLE_SEC
  return { fromSec, toSec: story.timeline.ptsSec(story.at.single) }
}

function filmSec(): number {
  const { pictures } = story.film
  return (pictures.at(-1)?.ptsSec ?? 0) - (pictures[0]?.ptsSec ?? 0) + FRAME_SEC
}

function tilesAt(ptsSec: number): (Tile | undefined)[] {
  const still = story.film.pictures.find((picture) => picture.ptsSec >= ptsSec)?.value
  return still?.sources.map((source) => source.tile) ?? []
}

/** Milliseconds from a call to the first picture that passes. */
function delayMs(calledAtMs: number, test: (still: Still) => boolean): number {
  const shown = firstPicture(story.film, story.timeline.ptsSec(calledAtMs), test)
  return shown === undefined ? Number.POSITIVE_INFINITY : story.timeline.wallMs(shown) - calledAtMs
}

describe('three live HLS sources recorded for a minute', () => {
  test.each(SOURCES)('source %i: 99 of 100 frames are in the file, and at most one of 100 is shown twice', (source) => {
    const cadence = measureCadence(story.film, source, steady())
    expect(cadence).toMatchObject({ unreadable: 0, backwards: 0 })
    expect(cadence.present).toBeGreaterThanOrEqual(PRESENT_MIN)
    expect(cadence.repeated).toBeLessThanOrEqual(REPEATED_MAX)
  })

  test('every source is in a tile of its own', () => {
    const tiles = tilesAt(steady().fromSec).flatMap((tile) => (tile ? [tile.visible] : []))
    expect(tiles).toHaveLength(3)
    for (const a of tiles) {
      expect(a.width * a.height).toBeGreaterThan((SIZE.width * SIZE.height) / 8)
      for (const b of tiles) {
        if (a === b) continue
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
        expect(apart).toBe(true)
      }
    }
  })

  test.each(SOURCES)('source %i: sound and picture are in step', (source) => {
    const { fromSec, toSec } = steady()
    const points = (story.sync[source] ?? []).filter(({ ptsSec }) => ptsSec >= fromSec && ptsSec < toSec)
    expect(points.length).toBeGreaterThan((STEADY_SEC - SETTLE_SEC) * 0.95)
    expect(
      quantile(
        points.map(({ offsetSec }) => Math.abs(offsetSec)),
        0.95,
      ),
    ).toBeLessThanOrEqual(HLS_SYNC_P95_SEC)
  })

  test('pictures follow one another without a hole', () => {
    expect(longestGapSec(story.film)).toBeLessThan(HOLE_MAX_SEC)
  })
})

describe('a change of the picture', () => {
  test('a layout switch is in the file within 500 ms of the call', () => {
    const isSingle = ({ sources }: Still): boolean => (sources[2]?.tile?.visible.width ?? 0) > SIZE.width * 0.9
    expect(delayMs(story.at.single, isSingle)).toBeLessThanOrEqual(LAYOUT_SWITCH_MAX_MS)
  })

  test('custom rectangles are where they were asked to be', () => {
    const tiles = tilesAt(story.timeline.ptsSec(story.at.stroke))
    const asked = [
      { x: 0, y: 0 },
      { x: 640, y: 0 },
      { x: 0, y: 360 },
    ]
    asked.forEach(({ x, y }, i) => {
      const { visible } = tiles[i] ?? {}
      expect(Math.abs((visible?.x ?? -1) - x)).toBeLessThanOrEqual(EDGE_PX)
      expect(Math.abs((visible?.y ?? -1) - y)).toBeLessThanOrEqual(EDGE_PX)
      expect(Math.abs((visible?.width ?? 0) - 640)).toBeLessThanOrEqual(2 * EDGE_PX)
    })
  })

  test('a stroke is in the file within 300 ms of its signal', () => {
    const isRed = ({ probes }: Still): boolean => (probes[0]?.v ?? 0) > 170 && (probes[0]?.u ?? 255) < 128
    expect(delayMs(story.at.stroke, isRed)).toBeLessThanOrEqual(STROKE_MAX_MS)
  })
})

describe('a source that stalls for ten seconds', () => {
  test('gives way to a placeholder and is back in the picture within 5 s', () => {
    const from = story.timeline.ptsSec(story.at.frozen)
    expect(firstPicture(story.film, from, ({ sources }) => sources[1]?.counter === undefined)).toBeDefined()
    const before = story.film.pictures.filter(({ ptsSec }) => ptsSec < story.timeline.ptsSec(story.at.thawed))
    const newest = Math.max(...before.map(({ value }) => value.sources[1]?.counter ?? 0))
    expect(delayMs(story.at.thawed, ({ sources }) => (sources[1]?.counter ?? 0) > newest)).toBeLessThanOrEqual(
      RETURN_MAX_MS,
    )
  })

  test.each([0, 2])('source %i goes on meanwhile', (source) => {
    const window = { fromSec: story.timeline.ptsSec(story.at.frozen), toSec: story.timeline.ptsSec(story.at.stopped) }
    expect(measureCadence(story.film, source, window).present).toBeGreaterThanOrEqual(PRESENT_MIN)
  })
})

describe('the playlists', () => {
  test('are valid at every moment and name only what is there', () => {
    expect(story.watch.faults).toEqual([])
    for (const versions of story.watch.versions.values()) expect(versions).toBeGreaterThan(STEADY_SEC / 4)
    expect(story.watch.versions.size).toBe(2)
    expect(story.index).toMatch(/#EXT-X-PLAYLIST-TYPE:VOD\n/)
    expect(story.index.trimEnd()).toMatch(/#EXT-X-ENDLIST$/)
  })

  test('decode in FFmpeg with no warning of any kind', () => {
    expect(story.film.complaints).toEqual([])
    expect(story.soundComplaints).toEqual([])
  })

  test('play live in hls.js to the last segment', () => {
    expect(story.live).toMatchObject({ ended: true })
    expect(story.live.errors.filter((error) => error.includes('fatal'))).toEqual([])
    expect(story.live.stalls).toBeLessThanOrEqual(LIVE_STALLS_MAX)
  })

  test('play afterwards in hls.js from the first to the last picture', () => {
    expect(story.vod).toMatchObject({ ended: true })
    expect(story.vod.errors.filter((error) => error.includes('fatal'))).toEqual([])
    expect(story.vod.durationSec).toBeCloseTo(filmSec(), 0)
    expect(story.vod.positionSec).toBeCloseTo(story.vod.durationSec ?? 0, 0)
  })
})

describe('the recording itself', () => {
  test('stops in order within 5 s and says what it stored', () => {
    expect(story.at.completed - story.at.stopped).toBeLessThanOrEqual(STOP_MAX_MS)
    expect(story.recording).toMatchObject({ state: 'completed', error: null })
    expect(story.recording.takes).toHaveLength(1)
    expect(story.recording.durationSec).toBeCloseTo(filmSec(), 0)
  })

  test('ends when it was told to, not before', () => {
    const last = story.film.pictures.at(-1)?.ptsSec ?? 0
    expect(story.timeline.wallMs(last)).toBeGreaterThan(story.at.stopped - 500)
  })
})
