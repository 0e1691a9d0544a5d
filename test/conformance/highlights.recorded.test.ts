import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import type { Highlight } from '../../src/protocol/index.ts'
import {
  type Film,
  findFlashes,
  measureSync,
  parsePlaylist,
  playFilmInChrome,
  playInChrome,
  quantile,
  type RecordedTime,
  readFilm,
} from '../kit/index.ts'
import { TestService } from '../kit/service/test-service.ts'
import { EVENTFUL_PATTERNS, EVENTFUL_VIDEO, FILE_SOURCE, SAVED } from './classes/eventful-class.ts'
import { hashOf } from './classes/kill-clippers.ts'
import { copyClass } from './classes/read-class.ts'
import { between, EXACT_MS, FRAME_MS, holesOf, millis, readEventful, stretchesOf } from './eventful-recording.ts'
import { PRESENT_MIN } from './tolerances.ts'

/** A beep is found to about a millisecond, in the recording and in the clip. */
const SOUND_SEC = 0.003
/** A beep that the clip's end cuts off has no certain onset. */
const EDGE_SEC = 0.15
/** A whole beep of the recording is in step with its flash to less than this, hand-overs included. */
const BROKEN_SEC = 0.04
/** Clips that are decoded at once. */
const AT_ONCE = 2

interface Clip {
  readonly highlight: Highlight
  readonly film: Film
  readonly path: string
}

let lesson: Awaited<ReturnType<typeof copyClass<'eventful'>>>
let recorded: RecordedTime
let clips: readonly Clip[]
let service: TestService

beforeAll(async () => {
  lesson = await copyClass('eventful')
  const { story, dir, folder } = lesson
  recorded = await readEventful(lesson)
  const ready = story.highlights.filter(({ state }) => state === 'ready')
  clips = await inParallel(ready, async (highlight) => {
    const path = join(dir, 'highlights', highlight.id, 'clip.mp4')
    const film = await readFilm({ input: path, size: EVENTFUL_VIDEO, patterns: EVENTFUL_PATTERNS, sound: true })
    return { highlight, path, film }
  })
  service = await TestService.start({ PANOREC_DATA_DIR: join(folder, 'data'), PANOREC_LOG_LEVEL: 'error' })
})
afterAll(async () => {
  await service?.[Symbol.asyncDispose]()
  await lesson?.[Symbol.asyncDispose]()
})

async function inParallel<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const worker = async () => {
    for (const [i, item] of queue) results[i] = await act(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return results
}

const named = (name: string): Highlight =>
  lesson.story.highlights.find(({ id }) => id === lesson.story.asked[name]) ??
  expect.unreachable(`there is no highlight ${name}`)
const clipOf = (name: string): Clip =>
  clips.find(({ highlight }) => highlight.id === named(name).id) ?? expect.unreachable(`${name} has no clip`)
const counters = ({ pictures }: Film) => pictures.map(({ value }) => value.sources.map(({ counter }) => counter))
/** What went wrong with each clip that is wrong: every one of fifty is looked at. */
const wrong = (judge: (clip: Clip) => string | undefined) =>
  clips.flatMap((clip) => {
    const why = judge(clip)
    const name = Object.entries(lesson.story.asked).find(([, id]) => id === clip.highlight.id)?.[0]
    return why === undefined ? [] : [`${name}: ${why}`]
  })

test('every way of asking gives a highlight, a repeated key gives none, and all of them become ready', () => {
  expect(lesson.story.highlights.filter(({ state }) => state !== 'ready')).toEqual([])
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
    const expected = between(recorded, fromMs, toMs).map((picture) => picture.counters)
    if (film.complaints.length > 0) return film.complaints.join(' | ')
    const isSame = JSON.stringify(counters(film)) === JSON.stringify(expected)
    return isSame ? undefined : `${counters(film).join(' ')} instead of ${expected.join(' ')}`
  }
  expect(wrong(judge)).toEqual([])
})

test('the first and the last picture of every clip are the asked ones, to one frame, and the moment is in it', () => {
  const last = recorded.parts.at(-1)
  const judge = ({ highlight, film }: Clip) => {
    const { atMs, fromMs, toMs, askedFromMs, askedToMs } = millis(highlight)
    const asked = between(recorded, askedFromMs, Math.max(askedToMs, askedFromMs + FRAME_MS))
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

test('the sound of every clip is where it is in the recording', () => {
  let compared = 0
  const far: string[] = []
  for (const { highlight, film } of clips) {
    for (const [source, points] of measureSync(film).entries()) {
      const flashes = findFlashes(film, source)
      const endSec = (film.pictures.at(-1)?.ptsSec ?? 0) - EDGE_SEC
      for (const { ptsSec, offsetSec } of points) {
        if (ptsSec < EDGE_SEC || ptsSec > endSec || !flashes.includes(ptsSec)) continue
        const { fromMs, toMs } = millis(highlight)
        const wallMs = between(recorded, fromMs, toMs)[frameOf(film, ptsSec)]?.wallMs ?? 0
        const there = recorded.sync[source]?.find((point) => Math.abs(point.wallMs - wallMs) < FRAME_MS / 2)
        if (there === undefined || borderMs(wallMs) < EDGE_SEC * 1000) continue
        if (isBroken(source, there.offsetSec)) continue
        compared += 1
        const apartSec = offsetSec - there.offsetSec
        if (Math.abs(apartSec) > SOUND_SEC)
          far.push(`${highlight.id}, source ${source} at ${ptsSec}: ${apartSec}, ${borderMs(wallMs)} ms from a border`)
      }
    }
  }
  expect(far).toEqual([])
  expect(compared).toBeGreaterThan(clips.length * EVENTFUL_PATTERNS.length)
})
/** A beep that is not in step in the recording itself lost its beginning there; a clip cannot be held to it. */
const isBroken = (source: number, offsetSec: number) => {
  const usual = quantile(
    (recorded.sync[source] ?? []).map((point) => point.offsetSec),
    0.5,
  )
  return Math.abs(offsetSec - usual) > BROKEN_SEC
}
/** Where a recording's parts end and begin a beep may be cut. */
const borderMs = (wallMs: number) =>
  Math.min(...recorded.parts.flatMap(({ fromMs, toMs }) => [fromMs, toMs]).map((at) => Math.abs(at - wallMs)))
const frameOf = (film: Film, sec: number) => film.pictures.findIndex(({ ptsSec }) => ptsSec === sec)

test('a clip over a pause or a border of two takes is one film, and every clip says what was never recorded', () => {
  const { recording } = lesson.story
  expect(recording.takes).toHaveLength(4)
  expect(recording.takes[2]?.error?.code).toMatch(/^(chrome|page)\.crashed$/)
  const holes = holesOf(recorded)
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
  for (const name of ['pause', 'over the pause', 'border']) {
    expect(named(name).clamped).toBeNull()
    expect(named(name).gaps).not.toEqual([])
  }
  for (const name of ['hand-over 2', 'hand-over 3']) expect(named(name)).toMatchObject({ clamped: null, gaps: [] })
})

test('beyond the recording a clip has its very first and its very last picture, and says what is missing', () => {
  const all = recorded.pictures.map((picture) => picture.counters)
  for (const name of ['first second', 'first second live']) {
    expect(counters(clipOf(name).film)[0]).toEqual(all[0])
    expect(named(name).clamped).toHaveProperty('from')
  }
  for (const name of ['last second', 'end']) expect(counters(clipOf(name).film).at(-1)).toEqual(all.at(-1))
  expect(named('last second').clamped).toHaveProperty('to')
})

test('where nothing is stored there is no clip, and the refusal names what is', async () => {
  const { id, recording } = lesson.story
  const { highlights } = createClient({ baseUrl: service.url })
  const dayAfter = new Date(Date.parse(recording.endedAt ?? '') + 86_400_000).toISOString()
  const dayBefore = new Date(Date.parse(recording.startedAt ?? '') - 86_400_000).toISOString()
  await expect(highlights.trigger(id, { at: dayAfter })).rejects.toMatchObject({ code: 'highlight.too-far-ahead' })
  const refusal = await highlights.trigger(id, { at: dayBefore }).catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'highlight.no-media', field: '/at' })
  const [from = '', to = ''] = String((refusal as { allowed: unknown }).allowed).split(' to ')
  const [first = []] = stretchesOf(recorded)
  expect(Math.abs(Date.parse(from) - (first[0]?.fromMs ?? 0))).toBeLessThanOrEqual(EXACT_MS)
  expect(Math.abs(Date.parse(to) - (first.at(-1)?.toMs ?? 0))).toBeLessThanOrEqual(EXACT_MS)
})

test('in a storm of triggers 99 of 100 pictures and frames are recorded, as at all times, and clips give way', () => {
  const { stormFromMs, stormToMs, nice } = lesson.story
  const during = recorded.pictures.filter(({ wallMs }) => wallMs >= stormFromMs && wallMs < stormToMs)
  expect(during.length).toBeGreaterThanOrEqual(Math.floor(((stormToMs - stormFromMs) / FRAME_MS) * PRESENT_MIN))
  const seen = new Set(during.flatMap((picture) => picture.counters[FILE_SOURCE] ?? []))
  expect(seen.size / (Math.max(...seen) - Math.min(...seen) + 1)).toBeGreaterThanOrEqual(PRESENT_MIN)
  expect(nice.recorders).toEqual([0])
  expect(Math.min(...nice.clippers)).toBeGreaterThan(0)
})

test('every playlist obeys the rules, at every moment and for every clip', async () => {
  expect(lesson.story.playlistFaults).toEqual([])
  for (const { path } of clips) {
    const { playlist, faults } = parsePlaylist(await readFile(join(dirname(path), 'clip.m3u8'), 'utf8'))
    expect({ faults, endlist: playlist?.endlist }).toEqual({ faults: [], endlist: true })
  }
})

test('a clip function that is killed is repeated, and nobody ever gets half of a clip', async () => {
  expect(lesson.story.kills).toBeGreaterThan(2)
  const whole = await Promise.all(
    clips.map(
      async ({ highlight, path }) =>
        `${new URL(highlight.links.mp4, service.url).pathname} ${hashOf(await readFile(path))}`,
    ),
  )
  expect(lesson.story.served.filter((answer) => !whole.includes(answer))).toEqual([])
})

test('each highlight is told once: by events and to webhooks, when it plays and when it is ready', () => {
  const { highlights, events, hooks } = lesson.story
  for (const { id } of highlights) {
    const told = events.flatMap((event) => ('highlight' in event && event.highlight.id === id ? [event.type] : []))
    expect(told).toEqual(['highlight.created', 'highlight.playable', 'highlight.ready'])
    expect(hooks.filter((hook) => hook === `highlight.ready ${id}`)).toHaveLength(1)
  }
})

test('the command saves the clip that it triggered', async () => {
  const saved = await readFile(join(lesson.folder, SAVED))
  expect(saved.equals(await readFile(clipOf('command').path))).toBe(true)
  expect(lesson.story.printed.join('\n')).toContain('ready')
})

test('clip.m3u8 plays in hls.js to its end, over the border as well', async () => {
  const { mediaUrl } = createClient({ baseUrl: service.url })
  const viewing = await playInChrome(mediaUrl(named('border').links.playlist), { rate: 4 })
  expect(viewing).toMatchObject({ ended: true })
  expect(viewing.errors.filter((error) => error.includes('fatal'))).toEqual([])
})

test('clip.mp4 plays in <video> from the asked picture to its end, also when the recording is gone', async () => {
  const client = createClient({ baseUrl: service.url })
  await client.recordings.delete(lesson.story.id)
  // The deletion itself writes there that it was deleted.
  await rm(join(lesson.dir, 'takes'), { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  const { film, highlight } = clipOf('past')
  const { panel } = film.pictures[0]?.value.sources[0]?.tile ?? expect.unreachable('the first source is not shown')
  const { width, height } = EVENTFUL_VIDEO
  const showing = await playFilmInChrome(
    client.mediaUrl(highlight.links.mp4),
    EVENTFUL_PATTERNS[0] ?? expect.unreachable(),
    { x: panel.x / width, y: panel.y / height, width: panel.width / width, height: panel.height / height },
  )
  expect(showing).toMatchObject({ errors: [], ended: true, first: { counter: counters(film)[0]?.[0] } })
  expect(showing.durationSec).toBeCloseTo(highlight.durationSec ?? 0, 1)
})
