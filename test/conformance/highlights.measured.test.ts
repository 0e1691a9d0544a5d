import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Highlight } from '../../src/protocol/index.ts'
import {
  type Film,
  findFlashes,
  LiveClass,
  measureSync,
  parsePlaylist,
  playFilmInChrome,
  playInChrome,
  readFilm,
} from '../kit/index.ts'
import { TestService } from '../kit/service/test-service.ts'
import { picturesBetween, type RecordedTime, readRecordedTime } from '../kit/watch/recorded-time.ts'
import { hashOf, holdHighlightClass, VIDEO } from './highlight-class.ts'
import { PRESENT_MIN } from './tolerances.ts'

const SOURCE_SEC = 150
const FRAME_MS = 1000 / VIDEO.fps
/** The promise is one frame; the playlist's times have whole milliseconds. */
const EXACT_MS = FRAME_MS + 2
/** A beep is found to about a millisecond, in the recording and in the clip. */
const SOUND_SEC = 0.003
/** A beep that the clip's end cuts off has no certain onset. */
const EDGE_SEC = 0.15
/** A take begins with a page that still settles. */
const CALM_AFTER_MS = 2000
/** The source's frames that a machine of tests, with all its other work, may lose more in a storm than just before. */
const STORM_LOSS_MAX = 0.05

interface Clip {
  readonly highlight: Highlight
  readonly film: Film
  readonly path: string
}

let service: TestService
let folder: string
let dir: string
let live: LiveClass
let lesson: Awaited<ReturnType<typeof holdHighlightClass>>
let recorded: RecordedTime
const clips: Clip[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorec-highlights-'))
  service = await TestService.start({ PANOREC_LOG_LEVEL: 'silent', PANOREC_MAX_CLIPS: '2' })
  live = await LiveClass.start(1, SOURCE_SEC)
  lesson = await holdHighlightClass(service, live, folder)
  dir = service.recordingDir(lesson.call.id)
  const size = VIDEO
  recorded = await readRecordedTime(dir, { size, pattern: live.patterns[0] ?? expect.unreachable(), fps: VIDEO.fps })
  for (const highlight of lesson.highlights) {
    if (highlight.state !== 'ready') continue
    const path = join(dir, 'highlights', highlight.id, 'clip.mp4')
    clips.push({ highlight, path, film: await readFilm({ input: path, size, patterns: live.patterns }) })
  }
}, 600_000)
afterAll(async () => {
  await service?.[Symbol.asyncDispose]()
  await live?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const named = (name: string): Highlight => lesson.named[name] ?? expect.unreachable(`there is no highlight ${name}`)
const clipOf = (name: string): Clip =>
  clips.find(({ highlight }) => highlight.id === named(name).id) ?? expect.unreachable(`${name} has no clip`)
const counters = ({ pictures }: Film) => pictures.map(({ value }) => value.sources[0]?.counter)
const between = (fromMs: number, toMs: number) => picturesBetween(recorded, { fromMs, toMs, fps: VIDEO.fps })
const millis = ({ at, from, to, preSec, postSec }: Highlight) => ({
  atMs: Date.parse(at),
  fromMs: Date.parse(from),
  toMs: Date.parse(to),
  askedFromMs: Date.parse(at) - preSec * 1000,
  askedToMs: Date.parse(at) + postSec * 1000,
})
/** What went wrong with each clip that is wrong: every one of fifty is looked at. */
const wrong = (judge: (clip: Clip) => string | undefined) =>
  clips.flatMap((clip) => {
    const why = judge(clip)
    const name = Object.keys(lesson.named).find((key) => lesson.named[key]?.id === clip.highlight.id)
    return why === undefined ? [] : [`${name}: ${why}`]
  })

test('every way of asking gives a highlight, a repeated key gives none, and all of them become ready', () => {
  expect(lesson.highlights.filter(({ state }) => state !== 'ready')).toEqual([])
  expect(clips.length).toBeGreaterThanOrEqual(50)
  expect(named('key again').id).toBe(named('key').id)
  expect(named('signal')).toMatchObject({ trigger: 'signal', by: 'teacher', preSec: 2, postSec: 1 })
  expect(named('rule')).toMatchObject({ trigger: 'rule', rule: 'hand', preSec: 2, postSec: 1 })
  expect(named('command')).toMatchObject({ trigger: 'api', label: 'Command' })
  expect(named('now')).toMatchObject({ preSec: 3, postSec: 2 })
})

test('every clip has the pictures of its time, each once, and nothing to complain about', () => {
  const judge = ({ highlight, film }: Clip) => {
    const { fromMs, toMs } = millis(highlight)
    const expected = between(fromMs, toMs).map(({ counter }) => counter)
    if (film.complaints.length > 0) return film.complaints.join(' | ')
    const isSame = JSON.stringify(counters(film)) === JSON.stringify(expected)
    return isSame ? undefined : `${counters(film)} instead of ${expected}`
  }
  expect(wrong(judge)).toEqual([])
})

test('the first and the last picture of every clip are the asked ones, to one frame, and the moment is in it', () => {
  const last = recorded.parts.at(-1)
  const judge = ({ highlight, film }: Clip) => {
    const { atMs, fromMs, toMs, askedFromMs, askedToMs } = millis(highlight)
    const asked = between(askedFromMs, Math.max(askedToMs, askedFromMs + FRAME_MS))
    const [first, end] = [asked[0]?.wallMs ?? Number.NaN, (asked.at(-1)?.wallMs ?? Number.NaN) + FRAME_MS]
    if (!(Math.abs(fromMs - first) <= EXACT_MS)) return `begins ${fromMs - first} ms beside the asked picture`
    if (!(Math.abs(toMs - end) <= EXACT_MS)) return `ends ${toMs - end} ms beside the asked picture`
    if (Math.abs(film.pictures.length - asked.length) > 1)
      return `${film.pictures.length} pictures, not ${asked.length}`
    const momentMs = Math.min(atMs, (last?.toMs ?? 0) - FRAME_MS)
    const isStored = recorded.parts.some((part) => part.fromMs <= momentMs && momentMs < part.toMs)
    const isInside = fromMs - EXACT_MS <= momentMs && momentMs <= toMs + EXACT_MS
    return isStored && !isInside ? 'the moment is not in it' : undefined
  }
  expect(wrong(judge)).toEqual([])
  expect(clipOf('picture').film.pictures).toHaveLength(1)
})

test('every clip says how long it is, to one frame', () => {
  const judge = ({ highlight: { durationSec }, film }: Clip) => {
    const seconds = (film.pictures.at(-1)?.ptsSec ?? Number.NaN) - (film.pictures[0]?.ptsSec ?? 0) + FRAME_MS / 1000
    return Math.abs((durationSec ?? Number.NaN) - seconds) <= FRAME_MS / 1000
      ? undefined
      : `${durationSec}, not ${seconds}`
  }
  expect(wrong(judge)).toEqual([])
})

test('the sound of every clip is where it is in the recording', async () => {
  let compared = 0
  const far: string[] = []
  for (const { highlight, film, path } of clips) {
    const [points = []] = await measureSync(film, path)
    const flashes = findFlashes(film, 0)
    const endSec = (film.pictures.at(-1)?.ptsSec ?? 0) - EDGE_SEC
    for (const { ptsSec, offsetSec } of points) {
      if (ptsSec < EDGE_SEC || ptsSec > endSec || !flashes.includes(ptsSec)) continue
      const wallMs = between(millis(highlight).fromMs, millis(highlight).toMs)[frameOf(film, ptsSec)]?.wallMs ?? 0
      const there = recorded.sync.find((point) => Math.abs(point.wallMs - wallMs) < FRAME_MS / 2)
      if (there === undefined) continue
      compared += 1
      const apartSec = offsetSec - there.offsetSec
      if (Math.abs(apartSec) > SOUND_SEC)
        far.push(`${highlight.id} at ${ptsSec}: ${apartSec}, ${borderMs(wallMs)} ms from a border`)
    }
  }
  expect(far).toEqual([])
  expect(compared).toBeGreaterThan(clips.length)
})
/** Where a recording's parts end and begin a beep may be cut. */
const borderMs = (wallMs: number) =>
  Math.min(...recorded.parts.flatMap(({ fromMs, toMs }) => [fromMs, toMs]).map((at) => Math.abs(at - wallMs)))
const frameOf = (film: Film, sec: number) => film.pictures.findIndex(({ ptsSec }) => ptsSec === sec)

test('a clip over a pause or over the border of two takes is one film, and every clip says what was never recorded', () => {
  expect(lesson.recording.takes).toHaveLength(2)
  const holes = recorded.parts.slice(1).map(({ fromMs }, i) => ({ fromMs: recorded.parts[i]?.toMs ?? 0, toMs: fromMs }))
  const isLong = ({ fromMs, toMs }: { fromMs: number; toMs: number }) => toMs - fromMs > EXACT_MS
  const judge = ({ highlight }: Clip) => {
    const { askedFromMs, askedToMs } = millis(highlight)
    const expected = holes
      .map(({ fromMs, toMs }) => ({ fromMs: Math.max(fromMs, askedFromMs), toMs: Math.min(toMs, askedToMs) }))
      .filter(isLong)
    const gaps = highlight.gaps
      .map(({ from, to }) => ({ fromMs: Date.parse(from), toMs: Date.parse(to) }))
      .filter(isLong)
    const isSame = (a: number | undefined, b: number) => Math.abs((a ?? Number.NaN) - b) <= EXACT_MS
    const areSame = expected.every(
      ({ fromMs, toMs }, i) => isSame(gaps[i]?.fromMs, fromMs) && isSame(gaps[i]?.toMs, toMs),
    )
    return areSame && gaps.length === expected.length ? undefined : JSON.stringify({ gaps, expected })
  }
  expect(wrong(judge)).toEqual([])
  for (const name of ['pause', 'border']) {
    expect(named(name).clamped).toBeNull()
    expect(named(name).gaps).not.toEqual([])
  }
})

test('beyond the recording a clip has its very first and its very last picture, and says what is missing', () => {
  const all = recorded.pictures.map(({ counter }) => counter)
  for (const name of ['first second', 'first second live']) {
    expect(counters(clipOf(name).film)[0]).toBe(all[0])
    expect(named(name).clamped).toHaveProperty('from')
  }
  for (const name of ['last second', 'end']) expect(counters(clipOf(name).film).at(-1)).toBe(all.at(-1))
  expect(named('last second').clamped).toHaveProperty('to')
})

test('where nothing is stored there is no clip, and the refusal names what is', async () => {
  const { call, client, recording } = lesson
  const dayAfter = new Date(Date.parse(recording.endedAt ?? '') + 86_400_000).toISOString()
  const dayBefore = new Date(Date.parse(recording.startedAt ?? '') - 86_400_000).toISOString()
  await expect(client.highlights.trigger(call.id, { at: dayAfter })).rejects.toMatchObject({
    code: 'highlight.too-far-ahead',
  })
  const refusal = await client.highlights.trigger(call.id, { at: dayBefore }).catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'highlight.no-media', field: '/at' })
  const [from = '', to = ''] = String((refusal as { allowed: unknown }).allowed).split(' to ')
  expect(Math.abs(Date.parse(from) - (recorded.parts[0]?.fromMs ?? 0))).toBeLessThanOrEqual(EXACT_MS)
  expect(Math.abs(Date.parse(to) - (recorded.parts[0]?.toMs ?? 0))).toBeLessThanOrEqual(EXACT_MS)
})

test('a storm of triggers costs the recording no frame', () => {
  const { stormFromMs, stormToMs, recording } = lesson
  const during = (fromMs: number, toMs: number) =>
    recorded.pictures.filter(({ wallMs }) => wallMs >= fromMs && wallMs < toMs)
  expect(during(stormFromMs, stormToMs).length).toBeGreaterThan(((stormToMs - stormFromMs) / FRAME_MS) * PRESENT_MIN)
  const present = (fromMs: number, toMs: number) => {
    const seen = new Set(during(fromMs, toMs).flatMap(({ counter }) => (counter === undefined ? [] : [counter])))
    return seen.size / (Math.max(...seen) - Math.min(...seen) + 1)
  }
  const calmFromMs = Date.parse(recording.takes[1]?.startedAt ?? '') + CALM_AFTER_MS
  expect(present(stormFromMs, stormToMs)).toBeGreaterThan(present(calmFromMs, stormFromMs) - STORM_LOSS_MAX)
  expect(lesson.nice.recorders).toEqual([0])
  expect(Math.min(...lesson.nice.clippers)).toBeGreaterThan(0)
})

test('every playlist obeys the rules, at every moment and for every clip', async () => {
  expect(lesson.playlistFaults).toEqual([])
  for (const { path } of clips) {
    const { playlist, faults } = parsePlaylist(await readFile(join(dirname(path), 'clip.m3u8'), 'utf8'))
    expect({ faults, endlist: playlist?.endlist }).toEqual({ faults: [], endlist: true })
  }
})

test('a clip function that is killed is repeated, and nobody ever gets half of a clip', async () => {
  expect(lesson.kills).toBeGreaterThan(2)
  const whole = await Promise.all(
    clips.map(
      async ({ highlight, path }) =>
        `${new URL(highlight.links.mp4, service.url).pathname} ${hashOf(await readFile(path))}`,
    ),
  )
  expect([...lesson.served].filter((answer) => !whole.includes(answer))).toEqual([])
})

test('each highlight is told once: by events and to webhooks, when it plays and when it is ready', () => {
  for (const { id } of lesson.highlights) {
    const told = lesson.events.flatMap((event) =>
      'highlight' in event && event.highlight.id === id ? [event.type] : [],
    )
    expect(told).toEqual(['highlight.created', 'highlight.playable', 'highlight.ready'])
    expect(lesson.hooks.filter((hook) => hook === `highlight.ready ${id}`)).toHaveLength(1)
  }
})

test('the command saves the clip that it triggered', async () => {
  expect(lesson.saved.equals(await readFile(clipOf('command').path))).toBe(true)
  expect(lesson.printed.join('\n')).toContain('ready')
})

test('clip.m3u8 plays in hls.js to its end, over the border as well', async () => {
  const viewing = await playInChrome(lesson.client.mediaUrl(named('border').links.playlist), { rate: 2 })
  expect(viewing).toMatchObject({ ended: true })
  expect(viewing.errors.filter((error) => error.includes('fatal'))).toEqual([])
})

test('clip.mp4 plays in <video> from the asked picture to its end, also when the recording is gone', async () => {
  await lesson.client.recordings.delete(lesson.call.id)
  // The deletion itself writes there that it was deleted.
  await rm(join(dir, 'takes'), { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  const { film, highlight } = clipOf('past')
  const pattern = live.patterns[0] ?? expect.unreachable()
  const showing = await playFilmInChrome(lesson.client.mediaUrl(highlight.links.mp4), pattern)
  expect(showing).toMatchObject({ errors: [], ended: true, first: { counter: counters(film)[0] } })
  expect(showing.durationSec).toBeCloseTo(highlight.durationSec ?? 0, 1)
})
