import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getText } from '../../src/archive/index.ts'
import { readProcessTree } from '../../src/machine/process-tree.ts'
import { parsePlaylist } from '../../src/playlist/index.ts'
import type { ErrorInfo, RecorderEvent, SourceSpec, StoreLocation } from '../../src/protocol/index.ts'
import { finalizeRecording } from '../../src/recovery/index.ts'
import { openStore } from '../../src/store/index.ts'
import { buildFixturePage } from './fixture-page.ts'
import { buildRequest, makeFolders, type RecorderRun, startRecorder } from './recorder-run.ts'
import { checkRecording, videoTimes } from './recording-check.ts'

const TEST_TIMEOUT_MS = 60_000
/** About three segments of the fixture page. */
const SPOOL_BYTES = 60_000
let page: Awaited<ReturnType<typeof buildFixturePage>>
beforeAll(async () => {
  page = await buildFixturePage()
}, TEST_TIMEOUT_MS)
afterAll(async () => {
  await page[Symbol.asyncDispose]()
  expect(readProcessTree(process.pid).length).toBe(1)
})

/** The fixture page has the fault that a source's id names. */
const fault = (id: string): readonly SourceSpec[] => [{ id, type: 'video', url: 'https://example.org/' }]

/** The recording as it is when no other take follows. Until then its playlists are open. */
async function checkGivenUp({ request }: RecorderRun, error: ErrorInfo | null) {
  await using store = await openStore(request.store)
  for (const name of ['live', 'index'])
    expect(await getText(store, `${request.recordingId}/${name}.m3u8`)).not.toContain('EXT-X-ENDLIST')
  await finalizeRecording(store, request.recordingId, { state: 'failed', error })
  const { path } = request.store as Extract<StoreLocation, { kind: 'fs' }>
  return await checkRecording(join(path, request.recordingId))
}

/** The page faults after a second, on a busy machine a few pictures short of it. */
const RECORDED_SEC = 0.8

test.concurrent.each([
  ['sends no more pictures', 'silent', 'page.no-packets'],
  ['hangs', 'dead', 'page.no-packets'],
  ['answers no more', 'deaf', 'page.unresponsive'],
  ['gives up', 'failing', 'encoder.unsupported'],
])(
  'leaves what it recorded to the next take when the page %s',
  async (_, id, code) => {
    await using folders = await makeFolders()
    const run = startRecorder(buildRequest(folders, { sources: fault(id) }), page.path)
    const ended = await run.done
    expect(ended).toMatchObject({ reason: 'failed', error: { code } })
    const failing = run.events.find((event) => event.type === 'failing')
    expect(failing).toMatchObject({ error: { code } })
    const checked = await checkGivenUp(run, ended.error)
    expect(checked.warnings).toBe('')
    expect([checked.index.endlist, checked.live.endlist]).toEqual([true, true])
    expect(checked.manifest).toMatchObject({ state: 'failed', error: { code }, durationSec: ended.durationSec })
    expect(ended.durationSec).toBeGreaterThanOrEqual(RECORDED_SEC)
    expect(await folders.spooled()).toEqual([])
  },
  TEST_TIMEOUT_MS,
)

// Alone: its time is short.
test(
  'stops within its time when the page does not',
  async () => {
    await using folders = await makeFolders()
    const run = startRecorder(buildRequest(folders, { sources: fault('unstoppable') }), page.path)
    await run.event('segment')
    const stoppedAtMs = performance.now()
    await run.order({ type: 'stop' })
    expect(await run.done).toMatchObject({ reason: 'stopped', error: null })
    expect(performance.now() - stoppedAtMs).toBeLessThan(5_000)
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'goes on while the store is away, and stores everything when it is back',
  async ({ expect }) => {
    await using folders = await makeFolders()
    await mkdir(`${folders.storePath}-real`)
    await writeFile(`${folders.storePath}-broken`, 'a file where the folder was')
    await putInPlace(`${folders.storePath}-real`, folders.storePath)
    const run = startRecorder(buildRequest(folders), page.path)
    await run.event('segment')
    await putInPlace(`${folders.storePath}-broken`, folders.storePath)
    expect((await run.event('warning')).error.code).toMatch(/^store\./)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    await putInPlace(`${folders.storePath}-real`, folders.storePath)
    await run.event('segment', 4)
    await run.order({ type: 'stop' })
    expect(await run.done).toMatchObject({ reason: 'stopped', error: null })
    const { warnings, pictures } = await checkRecording(join(folders.storePath, run.request.recordingId))
    expect(warnings).toBe('')
    expect(pictures.flat().map((time) => Math.round(time * 25))).toEqual(pictures.flat().map((__, frame) => frame))
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'leaves a marked gap where the spool is full, and goes on when there is room',
  async ({ expect }) => {
    await using folders = await makeFolders()
    await mkdir(`${folders.storePath}-real`)
    await writeFile(`${folders.storePath}-broken`, 'a file where the folder was')
    await putInPlace(`${folders.storePath}-real`, folders.storePath)
    const run = startRecorder(buildRequest(folders, { spoolMaxBytes: SPOOL_BYTES }), page.path)
    await run.event('segment')
    await putInPlace(`${folders.storePath}-broken`, folders.storePath)
    await expect.poll(() => codesOf(run.events), { timeout: TEST_TIMEOUT_MS }).toContain('spool.disk-full')
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    await putInPlace(`${folders.storePath}-real`, folders.storePath)
    const known = run.events.filter(({ type }) => type === 'segment').length
    await run.event('segment', known + 6)
    await run.order({ type: 'stop' })
    const ended = await run.done
    expect(ended).toMatchObject({ reason: 'stopped', error: null })
    expect(codesOf(run.events).filter((code) => code === 'spool.disk-full')).toHaveLength(1)

    const folder = join(folders.storePath, run.request.recordingId)
    const text = await readFile(join(folder, 'index.m3u8'), 'utf8')
    const segments = parsePlaylist(text)?.segments ?? []
    const gaps = segments.filter(({ gap }) => gap === true)
    expect(gaps.length).toBeGreaterThan(0)
    expect(segments.length - gaps.length).toBe(ended.segments)
    for (const [at, segment] of segments.entries()) {
      const before = segments[at - 1]
      const expectedMs =
        before === undefined ? segment.programDateTimeMs : before.programDateTimeMs + before.durationSec * 1000
      expect(Math.abs(segment.programDateTimeMs - expectedMs)).toBeLessThanOrEqual(1)
      if (segment.gap !== true)
        expect(await videoTimes(join(folder, segment.uri))).toHaveLength(segment.durationSec * 25)
    }
  },
  TEST_TIMEOUT_MS,
)

function codesOf(events: readonly RecorderEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'warning' ? [event.error.code] : []))
}

/** Makes `link` a symbolic link to `target` in one step, whatever it linked to before. */
async function putInPlace(target: string, link: string): Promise<void> {
  await symlink(target, `${link}-next`)
  await rename(`${link}-next`, link)
}

test.concurrent(
  'says what is missing before it can start',
  async ({ expect }) => {
    await using folders = await makeFolders()
    const noChrome = startRecorder(buildRequest(folders, { chromePath: '/nowhere/chrome' }), page.path)
    expect(await noChrome.done).toMatchObject({ reason: 'failed', error: { code: 'chrome.not-found' } })
    const noPage = startRecorder(buildRequest(folders), join(folders.spoolDir, 'nothing'))
    expect(await noPage.done).toMatchObject({ reason: 'failed', error: { code: 'page.failed' } })
    const notChrome = startRecorder(buildRequest(folders, { chromePath: '/bin/true' }), page.path)
    expect(await notChrome.done).toMatchObject({ reason: 'failed', error: { code: 'chrome.launch-failed' } })
    await writeFile(join(folders.spoolDir, 'file'), 'x')
    const noSpool = startRecorder(buildRequest(folders, { spoolDir: join(folders.spoolDir, 'file') }), page.path)
    expect((await noSpool.done).reason).toBe('failed')
    expect(await folders.spooled()).toEqual(['file'])
  },
  TEST_TIMEOUT_MS,
)
