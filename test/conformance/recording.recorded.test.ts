import { beforeAll, describe, expect, test } from 'vitest'
import {
  FileServer,
  firstPicture,
  longestGapSec,
  measureCadence,
  playInChrome,
  quantile,
  type Still,
  type Tile,
} from '../kit/index.ts'
import { HLS, STEADY_VIDEO } from './classes/steady-class.ts'
import { delayMs, offsetsOf, readSteadyFilm, type SteadyFilm } from './steady-film.ts'
import {
  HLS_SYNC_P95_SEC,
  HOLE_MAX_SEC,
  LAYOUT_SWITCH_MAX_MS,
  LIVE_STALLS_MAX,
  PRESENT_MIN,
  REPEATED_MAX,
  RETURN_MAX_MS,
  STEADY_GAP_MAX_SEC,
  STOP_MAX_MS,
  STROKE_MAX_MS,
} from './tolerances.ts'

const { width: WIDTH, height: HEIGHT } = STEADY_VIDEO
const FRAME_SEC = 1 / STEADY_VIDEO.fps
/** Where an edge is found in compressed colour, pixels. */
const EDGE_PX = 4
/** The viewer of the finished recording plays it this much faster, to save time. */
const VOD_RATE = 6
/** A segment lasts 2 s; a playlist that is new only half as often has left some out. */
const VERSIONS_PER_SEC = 0.25

let steady: SteadyFilm
beforeAll(async () => {
  steady = await readSteadyFilm()
})

function filmSec(): number {
  const { pictures } = steady.film
  return (pictures.at(-1)?.ptsSec ?? 0) - (pictures[0]?.ptsSec ?? 0) + FRAME_SEC
}

function tilesAt(ptsSec: number): (Tile | undefined)[] {
  const still = steady.film.pictures.find((picture) => picture.ptsSec >= ptsSec)?.value
  return still?.sources.map((source) => source.tile) ?? []
}

describe('three live HLS sources, recorded beside a file and a WHEP source, and one that joins', () => {
  test.each(HLS)('source %i: 99 of 100 frames are in the file, and at most one of 100 is shown twice', (source) => {
    const cadence = measureCadence(steady.film, source, steady.steady)
    expect(cadence).toMatchObject({ unreadable: 0, backwards: 0 })
    expect(cadence.present).toBeGreaterThanOrEqual(PRESENT_MIN)
    expect(cadence.repeated).toBeLessThanOrEqual(REPEATED_MAX)
  })

  test('every source is in a tile of its own', () => {
    const tiles = tilesAt(steady.joined.fromSec).flatMap((tile) => (tile ? [tile.visible] : []))
    expect(tiles).toHaveLength(6)
    for (const a of tiles) {
      expect(a.width * a.height).toBeGreaterThan((WIDTH * HEIGHT) / 12)
      for (const b of tiles) {
        if (a === b) continue
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
        expect(apart).toBe(true)
      }
    }
  })

  test.each(HLS)('source %i: sound and picture are in step', (source) => {
    expect(quantile(offsetsOf(steady, source), 0.95)).toBeLessThanOrEqual(HLS_SYNC_P95_SEC)
  })

  test('pictures follow one another with no more than one left out, and nowhere with a hole of a fifth of a second', () => {
    const { fromSec, toSec } = steady.steady
    const pictures = steady.film.pictures.filter(({ ptsSec }) => ptsSec >= fromSec && ptsSec < toSec)
    expect(longestGapSec({ ...steady.film, pictures })).toBeLessThan(STEADY_GAP_MAX_SEC)
    expect(longestGapSec(steady.film)).toBeLessThan(HOLE_MAX_SEC)
  })
})

describe('a change of the picture', () => {
  test('a layout switch is in the file within 500 ms of the call', () => {
    const isSingle = ({ sources }: Still): boolean => (sources[2]?.tile?.visible.width ?? 0) > WIDTH * 0.9
    expect(delayMs(steady, steady.story.at.single, isSingle)).toBeLessThanOrEqual(LAYOUT_SWITCH_MAX_MS)
  })

  test('custom rectangles are where they were asked to be', () => {
    const tiles = tilesAt(steady.timeline.ptsSec(steady.story.at.stroke))
    const asked = [
      { x: 0, y: 0 },
      { x: WIDTH / 2, y: 0 },
      { x: 0, y: HEIGHT / 2 },
    ]
    asked.forEach(({ x, y }, i) => {
      const { visible } = tiles[i] ?? {}
      expect(Math.abs((visible?.x ?? -99) - x)).toBeLessThanOrEqual(EDGE_PX)
      expect(Math.abs((visible?.y ?? -99) - y)).toBeLessThanOrEqual(EDGE_PX)
      expect(Math.abs((visible?.width ?? 0) - WIDTH / 2)).toBeLessThanOrEqual(2 * EDGE_PX)
    })
  })

  test('a stroke is in the file within 300 ms of its signal', () => {
    const isRed = ({ probes }: Still): boolean => (probes[0]?.v ?? 0) > 170 && (probes[0]?.u ?? 255) < 128
    expect(delayMs(steady, steady.story.at.stroke, isRed)).toBeLessThanOrEqual(STROKE_MAX_MS)
  })
})

describe('a source that stalls for ten seconds', () => {
  test('gives way to a placeholder and is back in the picture within 5 s', () => {
    const { film, timeline, story } = steady
    const from = timeline.ptsSec(story.at.frozen)
    expect(firstPicture(film, from, ({ sources }) => sources[1]?.counter === undefined)).toBeDefined()
    const before = film.pictures.filter(({ ptsSec }) => ptsSec < timeline.ptsSec(story.at.thawed))
    const newest = Math.max(...before.map(({ value }) => value.sources[1]?.counter ?? 0))
    const isBack = ({ sources }: Still): boolean => (sources[1]?.counter ?? 0) > newest
    expect(delayMs(steady, story.at.thawed, isBack)).toBeLessThanOrEqual(RETURN_MAX_MS)
  })

  test.each([0, 2])(
    'source %i goes on meanwhile: 99 of 100 frames, and it never stands still for half a second',
    (source) => {
      const { timeline, story, film } = steady
      const window = { fromSec: timeline.ptsSec(story.at.frozen), toSec: timeline.ptsSec(story.at.afterStall) }
      const cadence = measureCadence(film, source, window)
      expect(cadence.backwards).toBe(0)
      expect(cadence.longestFreezeSec).toBeLessThan(0.5)
      expect(cadence.present).toBeGreaterThanOrEqual(PRESENT_MIN)
    },
  )
})

describe('the playlists', () => {
  test('are valid at every moment and name only what is there', () => {
    const { story, index } = steady
    expect(story.playlistFaults).toEqual([])
    expect(story.versions).toHaveLength(2)
    const ranSec = (story.at.stopped - story.at.running) / 1000
    for (const versions of story.versions) expect(versions).toBeGreaterThan(ranSec * VERSIONS_PER_SEC)
    expect(index).toMatch(/#EXT-X-PLAYLIST-TYPE:VOD\n/)
    expect(index.trimEnd()).toMatch(/#EXT-X-ENDLIST$/)
  })

  test('decode in FFmpeg with no warning of any kind', () => {
    expect(steady.film.complaints).toEqual([])
  })

  test('play live in hls.js to the last segment, with at most one wait', () => {
    const { live } = steady.story
    expect(live).toMatchObject({ ended: true })
    expect(live.errors.filter((error) => error.includes('fatal'))).toEqual([])
    expect(live.stalls).toBeLessThanOrEqual(LIVE_STALLS_MAX)
  })

  test('play afterwards in hls.js from the first to the last picture', async () => {
    await using server = await FileServer.start(steady.dir)
    const vod = await playInChrome(server.url('index.m3u8'), { rate: VOD_RATE, fromSec: 0 })
    expect(vod).toMatchObject({ ended: true })
    expect(vod.errors.filter((error) => error.includes('fatal'))).toEqual([])
    expect(vod.durationSec).toBeCloseTo(filmSec(), 0)
    expect(vod.positionSec).toBeCloseTo(vod.durationSec ?? 0, 0)
  })
})

describe('the recording itself', () => {
  test('stops in order within 5 s and says what it stored', () => {
    const { at, recording } = steady.story
    expect(at.completed - at.stopped).toBeLessThanOrEqual(STOP_MAX_MS)
    expect(recording).toMatchObject({ state: 'completed', error: null })
    expect(recording.takes).toHaveLength(1)
    expect(recording.durationSec).toBeCloseTo(filmSec(), 0)
  })

  test('ends when it was told to, not before', () => {
    const last = steady.film.pictures.at(-1)?.ptsSec ?? 0
    expect(steady.timeline.wallMs(last)).toBeGreaterThan(steady.story.at.stopped - 500)
  })
})
