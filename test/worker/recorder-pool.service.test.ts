import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { isStopped } from '../../src/machine/index.ts'
import type { RecorderEvent, RecorderRequest } from '../../src/protocol/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { RETRY_POLICIES, type RetryPolicy } from '../../src/timing/index.ts'
import { RecorderPool } from '../../src/worker/spares/recorder-pool.ts'
import { DEFAULT_WORKER_TIMES } from '../../src/worker/worker-times.ts'
import { SCRIPTED_RECORDER } from '../bin/scripted-service.ts'

const UNPREPARED = fileURLToPath(new URL('./unprepared-recorder.ts', import.meta.url))
const TIMES = { ...DEFAULT_WORKER_TIMES, sparesMs: 20, spareAfterMs: 100, spareLatestMs: 0, spareMemoryMs: 100 }
/** As much of a request as the script reads. */
const REQUEST = {
  recordingId: 'rec_pool',
  take: 1,
  sources: [],
  layout: { name: 'grid' },
  maxDurationSec: 600,
  handover: null,
  metadata: {},
} as unknown as RecorderRequest
const LIMITS = { warmRecorders: 0, warmPages: 1, warmMaxAgeSec: 600, warmMaxMb: 500 }
/** The policy of the house at a twenty-fifth: nobody waits. */
const QUICK_RETRY = { ...RETRY_POLICIES.spare, firstMs: RETRY_POLICIES.spare.firstMs / 25 }
/** Of the log: its times are rounded. */
const CLOCK_MS = 2
/** A script starts in a tenth of that. */
const WAITS = { timeout: 10_000, interval: 20 }

interface Given {
  readonly limits?: Partial<typeof LIMITS>
  readonly times?: Partial<typeof TIMES>
  readonly hasMemory?: () => boolean
  readonly script?: string
  readonly retry?: RetryPolicy
}

/** A pool of scripted recorders, and the ids of those that began to wait, in this order. */
function openPool({ limits, times, hasMemory = () => true, script = SCRIPTED_RECORDER, retry }: Given = {}) {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const logger = createLogger({ level: 'debug', destination })
  const pool = new RecorderPool({
    recorder: { script, environment: { PATH: process.env.PATH ?? '' } },
    preparation: { type: 'prepare', logLevel: 'info' },
    limits: { ...LIMITS, ...limits },
    room: { hasMemory, isQuiet: () => true },
    times: { ...TIMES, ...times },
    ...(retry && { retry }),
    logger,
  })
  const said = (text: string) => lines.filter(({ msg }) => String(msg).includes(text))
  return {
    pool,
    said,
    waiting: () => said('a recorder waits for a take').map(({ pid }) => Number(pid)),
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]()
    },
    async begin() {
      const events: RecorderEvent[] = []
      const recorder = await pool.begin({ request: REQUEST, onEvent: (event) => events.push(event), logger })
      return { recorder, events }
    },
  }
}

afterEach(() => vi.unstubAllEnvs())

const workFolders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('panorec-take-'))
/** Three failures, each as long after the one before as the policy says. */
function expectGrowing(failures: readonly Record<string, unknown>[]): void {
  const { firstMs, factor } = QUICK_RETRY
  const [first = 0, second = 0, third = 0] = failures.map(({ time }) => Date.parse(String(time)))
  expect(second - first).toBeGreaterThanOrEqual(firstMs - CLOCK_MS)
  expect(third - second).toBeGreaterThanOrEqual(firstMs * factor - CLOCK_MS)
}
const isAlive = (pid: number) => existsSync(`/proc/${pid}`)

test('a recorder that waits gets the next take, once, and another one waits after it', async () => {
  await using given = openPool()
  await expect.poll(() => given.waiting().length, WAITS).toBe(1)
  const { recorder, events } = await given.begin()
  await using _first = recorder
  expect(recorder.pid).toBe(given.waiting()[0])
  await expect.poll(() => events.some(({ type }) => type === 'started'), WAITS).toBe(true)
  await expect.poll(() => given.waiting().length, WAITS).toBe(2)
  expect(given.waiting()[1]).not.toBe(recorder.pid)
})

test('two takes that begin at once have a recorder each, though one waited', async () => {
  await using given = openPool()
  await expect.poll(() => given.waiting().length, WAITS).toBe(1)
  const [one, two] = await Promise.all([given.begin(), given.begin()])
  await using _one = one.recorder
  await using _two = two.recorder
  expect(one.recorder.pid).not.toBe(two.recorder.pid)
  expect([one.recorder.pid, two.recorder.pid]).toContain(given.waiting()[0])
  for (const { events } of [one, two])
    await expect.poll(() => events.some(({ type }) => type === 'started'), WAITS).toBe(true)
})

test('one that was killed is not used, and leaves nothing', async () => {
  await using given = openPool()
  await expect.poll(() => given.waiting().length, WAITS).toBe(1)
  const [dead = 0] = given.waiting()
  process.kill(dead, 'SIGKILL')
  await expect.poll(() => given.said('is lost').length, WAITS).toBe(1)
  const { recorder, events } = await given.begin()
  {
    await using _recorder = recorder
    expect(recorder.pid).not.toBe(dead)
    await expect.poll(() => events.some(({ type }) => type === 'started'), WAITS).toBe(true)
  }
  await expect.poll(workFolders, WAITS).toEqual([])
})

test('one that loses its Chrome while it waits is dropped, process and folder', async () => {
  await using given = openPool({ script: UNPREPARED })
  await expect.poll(() => given.said('is lost: as the script says').length, WAITS).toBe(1)
  await expect.poll(workFolders, WAITS).toEqual([])
})

test('one that has waited too long is replaced', async () => {
  await using given = openPool({ limits: { warmMaxAgeSec: 0.5 } })
  await expect.poll(() => given.waiting().length, WAITS).toBe(2)
  const [old = 0] = given.waiting()
  await expect.poll(() => isAlive(old), WAITS).toBe(false)
})

test('one that uses too much memory goes, and is replaced at growing intervals', async () => {
  await using given = openPool({ limits: { warmMaxMb: 1 }, retry: QUICK_RETRY })
  await expect.poll(() => given.said('uses too much memory').length, WAITS).toBe(3)
  const large = given.waiting().slice(0, 3)
  expect(new Set(large).size).toBe(3)
  await expect.poll(() => large.filter(isAlive), WAITS).toEqual([])
  expectGrowing(given.said('uses too much memory'))
})

test('those that wait count their memory, and make room when it is needed', async () => {
  let hasMemory = true
  await using given = openPool({ hasMemory: () => hasMemory })
  await expect.poll(() => given.pool.spareBytes, WAITS).toBeGreaterThan(1e6)
  hasMemory = false
  await expect.poll(() => given.pool.spareBytes, WAITS).toBe(0)
  await expect.poll(workFolders, WAITS).toEqual([])
})

test('one without a page waits from the first take on, until some time after the last', async () => {
  await using given = openPool({ limits: { warmPages: 0, warmRecorders: 1 }, times: { spareIdleMs: 500 } })
  const { recorder } = await given.begin()
  await using _recorder = recorder
  await expect.poll(() => given.waiting().length, WAITS).toBe(1)
  const [waiting = 0] = given.waiting()
  recorder.kill()
  await expect.poll(() => isAlive(waiting), WAITS).toBe(false)
})

test('one whose process is stopped is not used, and is replaced', async () => {
  await using given = openPool({ retry: QUICK_RETRY })
  await expect.poll(() => given.waiting().length, WAITS).toBe(1)
  const [stopped = 0] = given.waiting()
  process.kill(stopped, 'SIGSTOP')
  await expect.poll(() => isStopped(stopped), WAITS).toBe(true)
  const { recorder } = await given.begin()
  await using _recorder = recorder
  expect(recorder.pid).not.toBe(stopped)
  await expect.poll(() => isAlive(stopped), WAITS).toBe(false)
  await expect.poll(() => given.waiting().length, WAITS).toBe(2)
  expect([stopped, recorder.pid]).not.toContain(given.waiting()[1])
})

test('one that is never ready is dropped', async () => {
  const limits = { warmPages: 0, warmRecorders: 1 }
  await using given = openPool({ script: UNPREPARED, limits, times: { spareReadyMs: 300 } })
  const { recorder } = await given.begin()
  await using _recorder = recorder
  await expect.poll(() => given.said('is lost: it was not ready').length, WAITS).toBe(1)
  await expect.poll(async () => (await workFolders()).length, WAITS).toBe(1)
})

test('the memory of one counts as soon as it waits', async () => {
  await using given = openPool({ times: { spareMemoryMs: 600_000 } })
  await expect.poll(() => given.pool.spareBytes, WAITS).toBeGreaterThan(1e6)
})

test('where no recorder can be started, it is tried at growing intervals', async () => {
  vi.stubEnv('TMPDIR', '/nowhere')
  await using given = openPool({ retry: QUICK_RETRY })
  await expect.poll(() => given.said('be started').length, WAITS).toBe(3)
  expectGrowing(given.said('be started'))
})

test('of a recorder without a page the log says that none waited', async () => {
  await using given = openPool({ limits: { warmPages: 0, warmRecorders: 1 } })
  const first = await given.begin()
  await using _first = first.recorder
  await expect.poll(() => given.waiting().length, WAITS).toBe(1)
  const second = await given.begin()
  await using _second = second.recorder
  expect(second.recorder.pid).toBe(given.waiting()[0])
  expect(given.said('a recorder that waited begins the take')).toHaveLength(1)
})

test('the recorder of an expected take is started before its request', async () => {
  await using given = openPool({ limits: { warmPages: 0 } })
  await given.pool.expect()
  const { recorder } = await given.begin()
  await using _recorder = recorder
  expect(given.said('a recorder that was started before')).toHaveLength(1)
  expect(given.said('a new recorder')).toEqual([])
})

test('what is just being started goes with the pool', async () => {
  const given = openPool({ limits: { warmPages: 0 } })
  const started = given.pool.expect()
  await given[Symbol.asyncDispose]()
  expect(await workFolders()).toEqual([])
  await started
})

test('what waits goes with the pool', async () => {
  const given = openPool()
  await expect.poll(() => given.waiting().length, WAITS).toBe(1)
  await given[Symbol.asyncDispose]()
  expect(given.waiting().filter(isAlive)).toEqual([])
  expect(await workFolders()).toEqual([])
})
