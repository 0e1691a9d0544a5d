import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { spawnChild } from '../../src/machine/child-process.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { ProcessControl } from '../../src/worker/take/process-control.ts'
import { TakeDeadlines } from '../../src/worker/take/take-deadlines.ts'
import { DEFAULT_WORKER_TIMES, type TakeTimes } from '../../src/worker/worker-times.ts'

const SCRIPT = fileURLToPath(new URL('../machine/lingering-child.ts', import.meta.url))
const TIMES: TakeTimes = {
  ...DEFAULT_WORKER_TIMES,
  startMs: 500,
  standbyMs: 500,
  stopMs: 500,
  terminateMs: 500,
  silenceMs: 500,
  silenceCheckMs: 100,
  stoppedMs: 500,
  overtakeMs: 500,
}
/** Twice as long as a recorder may be silent. */
const LONGER_MS = 1000
const at = '2026-11-21T09:00:00.000Z'

async function open(times: Partial<TakeTimes> = {}) {
  await using undo = new AsyncDisposableStack()
  const recorder = undo.use(
    await spawnChild({ script: SCRIPT, environment: {}, onMessage: () => {}, onLine: () => {} }),
  )
  const codes: string[] = []
  const deadlines = undo.use(
    new TakeDeadlines({
      recorder,
      times: { ...TIMES, ...times },
      isStandby: false,
      interrupt: ({ code }) => codes.push(code),
      logger: createLogger({ level: 'silent' }),
    }),
  )
  const resources = undo.move()
  return { recorder, deadlines, codes, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}
const isAlive = (exited: Promise<unknown>) => Promise.race([exited.then(() => false), sleep(0, true)])

test.concurrent('a recorder that says nothing any more is killed', async () => {
  await using take = await open()
  take.deadlines.onEvent({ type: 'started', at, takeEpochMs: 0 })
  expect(await take.recorder.exited).toMatchObject({ signal: 'SIGKILL' })
  expect(take.codes).toEqual(['recorder.unresponsive'])
})

test.concurrent('a recorder that is stopped is killed long before one that is only silent', async () => {
  const patient = { silenceMs: 60_000, startMs: 60_000 }
  await using silent = await open(patient)
  await using stopped = await open(patient)
  for (const { deadlines } of [silent, stopped]) deadlines.onEvent({ type: 'started', at, takeEpochMs: 0 })
  process.kill(stopped.recorder.pid, 'SIGSTOP')
  expect(await stopped.recorder.exited).toMatchObject({ signal: 'SIGKILL' })
  expect(stopped.codes).toEqual(['recorder.unresponsive'])
  expect(await isAlive(silent.recorder.exited)).toBe(true)
  expect(silent.codes).toEqual([])
})

test.concurrent('a recorder that hands over may be silent while it stores the rest, and has its time for that', async () => {
  await using take = await open({ stopMs: 2000 })
  take.deadlines.onEvent({ type: 'started', at, takeEpochMs: 0 })
  take.deadlines.handOver()
  await sleep(LONGER_MS)
  expect(await isAlive(take.recorder.exited)).toBe(true)
  expect(await take.recorder.exited).toMatchObject({ signal: 'SIGKILL' })
  expect(take.codes).toEqual([])
})

test.concurrent('a recorder that was abandoned is left alone, whatever signal comes after that', async () => {
  await using take = await open()
  take.deadlines.onEvent({ type: 'started', at, takeEpochMs: 0 })
  take.deadlines.abandon()
  take.deadlines.terminate()
  take.deadlines.stop()
  await sleep(LONGER_MS)
  expect(await isAlive(take.recorder.exited)).toBe(true)
  expect(take.codes).toEqual([])
})

test.concurrent('a signal to a recorder that is gone has no effect', async () => {
  await using take = await open()
  take.recorder.kill()
  await take.recorder.exited
  take.deadlines[Symbol.dispose]()
  take.deadlines.terminate()
  take.deadlines.stop()
  take.deadlines.abandon()
  expect(take.codes).toEqual([])
})

test.concurrent('a signal to a recorder that is not there yet reaches it when it is', async () => {
  await using take = await open()
  const control = new ProcessControl()
  control.terminate()
  control.attach(take.deadlines)
  expect(await take.recorder.exited).toMatchObject({ signal: 'SIGTERM' })
})
