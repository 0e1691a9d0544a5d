import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { LaterJobs } from '../../src/engine/later-jobs.ts'
import { CLIP_QUEUE, RECAP_QUEUE } from '../../src/engine/queues.ts'
import { createLogger } from '../../src/telemetry/index.ts'

const LATER_MS = 400
/** Beyond its time, on a busy machine. */
const LATE_MS = 1500
const logger = createLogger({ level: 'silent' })

test('a queue is woken when its first job is due, not before, and no other is', async () => {
  const startMs = performance.now()
  let isTaken = false
  const waiting = async () => new Map(isTaken ? [] : [[CLIP_QUEUE, LATER_MS - (performance.now() - startMs)] as const])
  using later = new LaterJobs({ waiting, logger })
  const woken: string[] = []
  using _clips = later.on(CLIP_QUEUE, () => {
    isTaken = true
    woken.push(CLIP_QUEUE)
  })
  using _recaps = later.on(RECAP_QUEUE, () => woken.push(RECAP_QUEUE))
  await sleep(LATER_MS / 2)
  expect(woken).toEqual([])
  await expect.poll(() => woken, { timeout: LATE_MS }).toEqual([CLIP_QUEUE])
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(LATER_MS)
})

test('a database that is away for a look is looked at again', async () => {
  let looks = 0
  const waiting = async () => {
    looks += 1
    if (looks === 1) throw new Error('the database is away')
    return new Map([[CLIP_QUEUE, 0]])
  }
  using later = new LaterJobs({ waiting, logger })
  let wakes = 0
  using _clips = later.on(CLIP_QUEUE, () => {
    wakes += 1
  })
  await expect.poll(() => wakes, { timeout: 4000 }).toBe(1)
})
