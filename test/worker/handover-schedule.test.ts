import { expect, test } from 'vitest'
import type { RecorderEvent } from '../../src/protocol/index.ts'
import { HandoverSchedule, restMs } from '../../src/worker/handover/handover-schedule.ts'
import type { RunningTake } from '../../src/worker/take/supervise-take.ts'
import { DEFAULT_WORKER_TIMES } from '../../src/worker/worker-times.ts'

const at = '2026-11-21T09:00:00.000Z'

function open(isPaused = false) {
  let nowMs = 0
  let told = 0
  const listeners = new Set<(event: RecorderEvent) => void>()
  const take: Pick<RunningTake, 'onEvent'> = {
    onEvent(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => listeners.delete(listener) }
    },
  }
  const schedule = new HandoverSchedule(take, { isPaused, nowMs: () => nowMs })
  const emit = (event: RecorderEvent) => listeners.forEach((listener) => void listener(event))
  return {
    schedule,
    wait: (ms: number) => void schedule.next(ms).then(() => (told += 1)),
    async hears(type: 'handover-due' | 'paused' | 'resumed', afterMs = 0) {
      nowMs += afterMs
      emit(type === 'handover-due' ? { type, at, why: 'max-take' } : { type, at })
      await Promise.resolve()
      return told
    },
  }
}

test('a take that is due is followed, once for each wait', async () => {
  const { schedule, wait, hears } = open()
  using _schedule = schedule
  wait(0)
  expect(await hears('handover-due')).toBe(1)
  expect(await hears('handover-due')).toBe(1)
  wait(0)
  expect(await hears('handover-due')).toBe(2)
})

test('a take that becomes due while it is paused is followed as soon as it is resumed', async () => {
  const { schedule, wait, hears } = open(true)
  using _schedule = schedule
  wait(0)
  expect(await hears('handover-due')).toBe(0)
  expect(await hears('resumed')).toBe(1)
  wait(0)
  expect(await hears('paused')).toBe(1)
  expect(await hears('handover-due')).toBe(1)
})

test('after attempts that failed it is left alone for longer and longer', async () => {
  expect([0, 1, 2, 3, 4, 10].map((failures) => restMs(failures, DEFAULT_WORKER_TIMES))).toEqual([
    0, 0, 30_000, 60_000, 120_000, 300_000,
  ])
  const { schedule, wait, hears } = open()
  using _schedule = schedule
  wait(30_000)
  expect(await hears('handover-due', 29_000)).toBe(0)
  expect(await hears('handover-due', 1000)).toBe(1)
})
