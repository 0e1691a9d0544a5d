import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createLogger } from '../../src/telemetry/index.ts'
import { SweepGate } from '../../src/worker/sweep-gate.ts'

const TIMES = { lookMs: 40, longestRestMs: 400 }
/** A look, on a busy machine. */
const LOOKED_MS = 2000

function createWork(hasAny: boolean) {
  const listeners = new Set<() => void>()
  return {
    any: hasAny,
    fails: false,
    looks: 0,
    tell: () => {
      for (const listener of listeners) listener()
    },
    async hasAny(): Promise<boolean> {
      this.looks += 1
      if (this.fails) throw new Error('the database is away')
      return this.any
    },
    watch(onNews: () => void): Disposable {
      listeners.add(onNews)
      return { [Symbol.dispose]: () => listeners.delete(onNews) }
    },
  }
}

const openGate = (work: ReturnType<typeof createWork>) => new SweepGate(work, createLogger({ level: 'silent' }), TIMES)

test('sweeps rest once nothing is open, and have their turn again with any news', async () => {
  const work = createWork(true)
  using gate = openGate(work)
  await expect.poll(() => work.looks, { timeout: LOOKED_MS }).toBeGreaterThan(1)
  expect(gate.isResting).toBe(false)
  work.any = false
  await expect.poll(() => gate.isResting, { timeout: LOOKED_MS }).toBe(true)
  work.any = true
  work.tell()
  expect(gate.isResting).toBe(false)
})

test('what is open is not asked for while the sweeps rest, and they never rest for long', async () => {
  const work = createWork(false)
  using gate = openGate(work)
  await expect.poll(() => gate.isResting, { timeout: LOOKED_MS }).toBe(true)
  const { looks } = work
  work.any = true
  await sleep(TIMES.longestRestMs / 2)
  expect(work.looks).toBe(looks)
  await expect.poll(() => gate.isResting, { timeout: LOOKED_MS }).toBe(false)
})

test('a database that cannot be asked keeps the sweeps running', async () => {
  const work = createWork(false)
  work.fails = true
  using gate = openGate(work)
  await expect.poll(() => work.looks, { timeout: LOOKED_MS }).toBeGreaterThan(2)
  expect(gate.isResting).toBe(false)
})
