import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readProcessTree } from '../../src/machine/process-tree.ts'
import type { RecorderEvent } from '../../src/protocol/index.ts'
import { buildFixturePage } from './fixture-page.ts'
import { buildRequest, makeFolders, startRecorder } from './recorder-run.ts'
import { checkRecording, readBeginning } from './recording-check.ts'

/** The promise is five seconds. */
const STOP_WITHIN_MS = 5_000
const TEST_TIMEOUT_MS = 60_000
/** Counts from the beginning, so that Chrome has to have started by then. */
const EMPTY_ROOM_SEC = 6
let page: Awaited<ReturnType<typeof buildFixturePage>>
beforeAll(async () => {
  page = await buildFixturePage()
}, TEST_TIMEOUT_MS)
afterAll(() => page[Symbol.asyncDispose]())

// Alone: it says within what time a stop ends, and that no process is left.
test(
  'records until it is stopped, and what it leaves behind is exact to the frame',
  async () => {
    await using folders = await makeFolders()
    const run = startRecorder(buildRequest(folders), page.path)
    await run.event('segment', 4)
    const stoppedAtMs = performance.now()
    expect(await run.order({ type: 'stop' })).toMatchObject({ error: null })
    const ended = await run.done
    expect(performance.now() - stoppedAtMs).toBeLessThan(STOP_WITHIN_MS)
    expect(ended).toMatchObject({ reason: 'stopped', error: null })
    expect(run.log.filter(({ level }) => level === 'error')).toEqual([])
    expect(kinds(run.events)).toEqual(['starting', 'started', 'segment', 'ack', 'finalizing', 'ended'])

    const folder = join(folders.storePath, run.request.recordingId)
    const { index, live, warnings, pictures, manifest } = await checkRecording(folder)
    expect(warnings).toBe('')
    expect([index.endlist, live.endlist, index.playlistType]).toEqual([true, true, 'VOD'])
    expect(index.segments.length).toBe(ended.segments)
    const all = pictures.flat()
    expect(all.map((time) => Math.round(time * 25))).toEqual(all.map((_, frame) => frame))
    expect(index.segments.map(({ duration }) => duration)).toEqual(pictures.map((times) => times.length / 25))
    expect(ended.durationSec).toBe(all.length / 25)
    expect(manifest).toMatchObject({ state: 'completed', durationSec: ended.durationSec, error: null })
    for (const segment of index.segments) {
      const { pids, nalTypes } = await readBeginning(join(folder, segment.uri))
      expect([pids, nalTypes.slice(0, 4)]).toEqual([
        [0, 0x1000, 0x100],
        [9, 7, 8, 5],
      ])
    }
    expect(await folders.spooled()).toEqual([])
    expect(readProcessTree(process.pid).length).toBe(1)
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'ends by itself when its rules say that nothing happens any more',
  async ({ expect }) => {
    await using folders = await makeFolders()
    const run = startRecorder(buildRequest(folders, { idle: { emptyRoomSec: EMPTY_ROOM_SEC } }), page.path)
    expect(await run.done).toMatchObject({ reason: 'idle', error: null })
    await checkRecording(join(folders.storePath, run.request.recordingId))
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'reports its frames, its load and its memory',
  async ({ expect }) => {
    await using folders = await makeFolders()
    const run = startRecorder(buildRequest(folders), page.path)
    const { stats } = await run.event('stats', 2)
    expect(stats.frames).toBeGreaterThan(25)
    expect(stats.cpuCores).toBeGreaterThan(0)
    expect(stats.memoryBytes).toBeGreaterThan(100e6)
    run.terminate()
    await run.done
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'ends by itself with the last frame of its longest duration',
  async ({ expect }) => {
    await using folders = await makeFolders()
    const run = startRecorder(buildRequest(folders, { maxDurationSec: 2 }), page.path)
    expect(await run.done).toMatchObject({ reason: 'max-duration', durationSec: 2, error: null })
    const { pictures } = await checkRecording(join(folders.storePath, run.request.recordingId))
    expect(pictures.flat().length).toBe(50)
  },
  TEST_TIMEOUT_MS,
)

// Alone between those that run at once: Chromes that start together hold each other up.
test(
  'ends in order when it is terminated, also while it starts',
  async () => {
    await using folders = await makeFolders()
    const starting = startRecorder(buildRequest(folders), page.path)
    starting.terminate()
    expect(await starting.done).toMatchObject({ reason: 'terminated', durationSec: 0, error: null })
    const running = startRecorder(buildRequest(folders), page.path)
    await running.event('started')
    running.terminate()
    expect(await running.done).toMatchObject({ reason: 'terminated', error: null })
    expect(await folders.spooled()).toEqual([])
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'goes on in the same playlist with a second take',
  async ({ expect }) => {
    await using folders = await makeFolders()
    const first = startRecorder(buildRequest(folders, { maxDurationSec: 2 }), page.path)
    await first.done
    const second = startRecorder({ ...first.request, take: 2 }, page.path)
    await second.done
    const { index, warnings, manifest } = await checkRecording(join(folders.storePath, first.request.recordingId))
    expect(warnings).toBe('')
    expect(index.segments.map(({ uri, discontinuity }) => [uri, discontinuity ?? false])).toEqual([
      ['takes/1/0.ts', false],
      ['takes/1/1.ts', false],
      ['takes/2/0.ts', true],
      ['takes/2/1.ts', false],
    ])
    expect(manifest).toMatchObject({
      durationSec: 4,
      takes: [
        { number: 1, durationSec: 2 },
        { number: 2, durationSec: 2 },
      ],
    })
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'passes commands to the page and answers each, wrong ones with their reason',
  async ({ expect }) => {
    await using folders = await makeFolders()
    const run = startRecorder(buildRequest(folders), page.path)
    const source = { id: 'amy', type: 'video', url: 'https://example.org/a.mp4' } as const
    expect((await run.order({ type: 'layout', layout: { name: 'speaker' } })).error).toBeNull()
    expect(await run.event('layout')).toMatchObject({ layout: { name: 'speaker' } })
    expect((await run.order({ type: 'source.add', source })).error).toBeNull()
    expect((await run.order({ type: 'source.add', source })).error?.code).toBe('source.duplicate')
    expect((await run.order({ type: 'source.update', sourceId: 'amy', patch: { muted: true } })).error).toBeNull()
    expect((await run.order({ type: 'source.remove', sourceId: 'amy' })).error).toBeNull()
    expect((await run.order({ type: 'source.remove', sourceId: 'amy' })).error?.code).toBe('source.not-found')
    await run.order({ type: 'stop' })
    expect((await run.order({ type: 'cut' })).error?.code).toBe('recording.wrong-state')
    await run.done
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'keeps secrets out of the manifest',
  async ({ expect }) => {
    await using folders = await makeFolders()
    const whep = { id: 'amy', type: 'whep', url: 'https://user:hidden-1@example.org/whep', token: 'hidden-2' } as const
    const signalling = { url: 'ws://127.0.0.1:9/', token: 'hidden-3' }
    const run = startRecorder(buildRequest(folders, { maxDurationSec: 1, sources: [whep], signalling }), page.path)
    await run.done
    const text = await readFile(join(folders.storePath, run.request.recordingId, 'recording.json'), 'utf8')
    expect(text).toContain('example.org')
    expect(text).not.toContain('hidden')
  },
  TEST_TIMEOUT_MS,
)

test(
  'ends the running segment when it is told to cut',
  async () => {
    await using folders = await makeFolders()
    const run = startRecorder(buildRequest(folders, { segmentSec: 10 }), page.path)
    await run.event('started')
    await new Promise((resolve) => setTimeout(resolve, 500))
    await run.order({ type: 'cut' })
    expect((await run.event('segment')).durationSec).toBeLessThan(5)
    await run.order({ type: 'stop' })
    await run.done
    const { warnings } = await checkRecording(join(folders.storePath, run.request.recordingId))
    expect(warnings).toBe('')
  },
  TEST_TIMEOUT_MS,
)

/** The kinds of events in the order of their first occurrence, without those that come at any time. */
function kinds(events: readonly RecorderEvent[]): readonly string[] {
  return [...new Set(events.map(({ type }) => type))].filter((type) => type !== 'stats' && type !== 'warning')
}
