import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SourceSpec } from '../../src/protocol/index.ts'
import { readProcessTree } from '../../src/recorder/process-tree.ts'
import { buildFixturePage } from './fixture-page.ts'
import { buildRequest, makeFolders, startRecorder } from './recorder-run.ts'
import { checkRecording } from './recording-check.ts'

const TEST_TIMEOUT_MS = 60_000
let page: Awaited<ReturnType<typeof buildFixturePage>>
beforeAll(async () => {
  page = await buildFixturePage()
}, TEST_TIMEOUT_MS)
afterAll(() => page[Symbol.asyncDispose]())

/** The fixture page has the fault that a source's id names. */
const fault = (id: string): readonly SourceSpec[] => [{ id, type: 'video', url: 'https://example.org/' }]

test.each([
  ['sends no more pictures', 'silent', 'page.no-packets'],
  ['hangs', 'dead', 'page.no-packets'],
  ['answers no more', 'deaf', 'page.unresponsive'],
  ['gives up', 'failing', 'encoder.unsupported'],
])(
  'closes the recording when the page %s',
  async (_, id, code) => {
    await using folders = await makeFolders()
    const run = startRecorder(buildRequest(folders, { sources: fault(id) }), page.path)
    const ended = await run.done
    expect(ended).toMatchObject({ reason: 'failed', error: { code } })
    const checked = await checkRecording(join(folders.storePath, run.request.recordingId))
    expect(checked.warnings).toBe('')
    expect([checked.index.endlist, checked.live.endlist]).toEqual([true, true])
    expect(checked.manifest).toMatchObject({ state: 'failed', error: { code }, durationSec: ended.durationSec })
    expect(ended.durationSec).toBeGreaterThanOrEqual(1)
    expect(await folders.spooled()).toEqual([])
    expect((await readProcessTree(process.pid)).length).toBe(1)
  },
  TEST_TIMEOUT_MS,
)

test(
  'closes the recording when Chrome is killed',
  async () => {
    await using folders = await makeFolders()
    const run = startRecorder(buildRequest(folders), page.path)
    await run.event('segment', 2)
    const tree = await readProcessTree(process.pid)
    process.kill(tree[1]?.pid ?? 0, 'SIGKILL')
    const ended = await run.done
    expect(ended).toMatchObject({
      reason: 'failed',
      error: { code: expect.stringMatching(/^(chrome|page)\.crashed$/) },
    })
    const { warnings, index } = await checkRecording(join(folders.storePath, run.request.recordingId))
    expect([warnings, index.endlist]).toEqual(['', true])
    expect((await readProcessTree(process.pid)).length).toBe(1)
  },
  TEST_TIMEOUT_MS,
)

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

test(
  'goes on while the store is away, and stores everything when it is back',
  async () => {
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

/** Makes `link` a symbolic link to `target` in one step, whatever it linked to before. */
async function putInPlace(target: string, link: string): Promise<void> {
  await symlink(target, `${link}-next`)
  await rename(`${link}-next`, link)
}

test(
  'says what is missing before it can start',
  async () => {
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
