import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { WorkerTimes } from '../../src/worker/index.ts'
import { LiveClass } from '../kit/index.ts'
import { descendants } from '../kit/service/leaks.ts'
import { PanorecProcess } from '../kit/service/panorec-process.ts'
import type { RecordingCall } from '../kit/service/recording-call.ts'
import { TestService } from '../kit/service/test-service.ts'
import { testSettings } from '../kit/service/test-settings.ts'
import { processesOf } from '../kit/stage/processes.ts'

const ONE_PAGE = { PANOREC_WARM_PAGES: '1' }
/** The next one begins to wait as soon as possible. */
const TIMES: Partial<WorkerTimes> = { sparesMs: 100, spareAfterMs: 500, spareLatestMs: 500 }
const VIDEO = { width: 320, height: 180, fps: 25, bitrateKbps: 400 }
const SOURCE_SEC = 300
/** A Chrome starts in half a second, on a busy machine in several; a dead one is replaced five seconds later. */
const WAITS = { timeout: 30_000, interval: 50 }

let service: TestService
let live: LiveClass

const said = (text: string) => service.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg.includes(text))
/** The recorders whose page began to wait, in this order. */
const waiting = () => said('a recorder waits for a take').map(({ pid }) => Number(pid))

/** Resolves with the newest of so many in all. */
async function untilWaiting(count: number): Promise<number> {
  await expect.poll(() => waiting().length, WAITS).toBe(count)
  return waiting().at(-1) ?? 0
}

async function chromeOf(recorderPid: number): Promise<number> {
  const found = [...(await descendants(recorderPid))].find(
    ([, command]) => command.includes('chrom') && !command.includes('--type='),
  )
  if (found === undefined) throw new Error(`the recorder ${recorderPid} has no Chrome`)
  return found[0]
}

/** A page's process has its arguments where others have their environment, so its folder cannot be told from outside. */
async function pagesBelow(pid: number): Promise<readonly string[]> {
  return [...(await descendants(pid)).values()].filter((command) => command.includes('--type=renderer'))
}

async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat !== '' && !/\) Z /.test(stat)
}

const start = () => service.post({ sources: live.sources, layout: { name: 'grid' }, video: VIDEO, segmentSec: 1 })

/** The recording recorded pictures, in one take. */
async function recordsInOneTake(call: RecordingCall): Promise<void> {
  await call.running()
  const { state, takes, durationSec } = await call.stop()
  expect([state, takes.length]).toEqual(['completed', 1])
  expect(durationSec).toBeGreaterThan(0)
}

describe('of a service', () => {
  beforeAll(async () => {
    live = await LiveClass.start(1, SOURCE_SEC)
  })
  afterAll(() => live?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    service = await TestService.start(ONE_PAGE, { times: TIMES })
  })
  afterEach(() => service?.[Symbol.asyncDispose]())

  test('a recording begins in the page that waits, and the next one in another', async () => {
    const first = await untilWaiting(1)
    await recordsInOneTake(await start())
    const second = await untilWaiting(2)
    expect(second).not.toBe(first)
    await recordsInOneTake(await start())
    expect(said('a recorder whose page waited begins the take').map(({ pid }) => pid)).toEqual([first, second])
  })

  test('of two recordings that begin at once, one has the page that waits and the other its own', async () => {
    await untilWaiting(1)
    const calls = await Promise.all([start(), start()])
    await Promise.all(calls.map(recordsInOneTake))
    expect(said('a recorder whose page waited begins the take')).toHaveLength(1)
  })

  test('a recorder whose Chrome was killed while it waited is not used, and is replaced', async () => {
    const dead = await untilWaiting(1)
    process.kill(await chromeOf(dead), 'SIGKILL')
    await expect.poll(() => said('is lost').length, WAITS).toBe(1)
    await recordsInOneTake(await start())
    expect(said('the recorder runs').map(({ pid }) => pid)).not.toContain(dead)
    await untilWaiting(2)
  })

  test('a page that does not answer when its take begins is not used', async () => {
    const stopped = await untilWaiting(1)
    const pids = [...(await descendants(stopped)).keys()]
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    await recordsInOneTake(await start())
    expect(said('is of no use any more')).toHaveLength(1)
  })
})

test.each(['SIGTERM', 'SIGKILL'] as const)('what waits goes with a service that ends by %s', async (signal) => {
  await using undo = new AsyncDisposableStack()
  // Chrome's socket lies below it, and its path has at most 107 characters (unix(7)).
  const folder = await mkdtemp(join(tmpdir(), 'w-'))
  undo.defer(() => rm(folder, { recursive: true, force: true }))
  const settings = { ...testSettings(join(folder, 'data')), ...ONE_PAGE, TMPDIR: folder }
  const program = undo.use(await PanorecProcess.start({ settings, options: { times: TIMES } }))
  await expect.poll(async () => (await pagesBelow(program.pid)).length, WAITS).toBeGreaterThan(0)
  const before = [...(await descendants(program.pid)).keys()]
  await program.end(signal)
  await expect.poll(() => processesOf(folder), WAITS).toEqual([])
  await expect.poll(async () => (await Promise.all(before.map(isRunning))).some(Boolean), WAITS).toBe(false)
  expect((await readdir(folder)).filter((name) => name !== 'data')).toEqual([])
})
