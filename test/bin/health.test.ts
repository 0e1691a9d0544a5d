import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createHealth } from '../../src/bin/health.ts'

function openHealth() {
  const calls = { store: 0 }
  let nowMs = 0
  const core = {
    database: { check: async () => undefined },
    store: {
      check: async () => {
        calls.store += 1
        if (calls.store > 1) throw new Error('the store is away')
      },
    },
    logger: pino({ level: 'silent' }),
  }
  const health = createHealth(core, { chromePath: process.execPath }, () => nowMs)
  return {
    calls,
    ready: async () => (await health.ready()).every(({ ok }) => ok),
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

test('one check of the store answers all who ask at once or within five seconds', async () => {
  const { calls, ready, pass } = openHealth()
  expect(await Promise.all([ready(), ready()])).toEqual([true, true])
  pass(4999)
  expect(await ready()).toBe(true)
  expect(calls.store).toBe(1)
})

test('what has changed shows after five seconds', async () => {
  const { calls, ready, pass } = openHealth()
  expect(await ready()).toBe(true)
  pass(5000)
  expect(await ready()).toBe(false)
  expect(calls.store).toBe(2)
})

test('a failure is not shared with those who ask after it', async () => {
  const { calls, ready, pass } = openHealth()
  await ready()
  pass(5000)
  expect(await Promise.all([ready(), ready()])).toEqual([false, false])
  expect(await ready()).toBe(false)
  expect(calls.store).toBe(3)
})
