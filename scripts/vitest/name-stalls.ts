import { afterEach, beforeEach } from 'vitest'
import { describeStalls, readStalls } from '../../test/kit/watch/stall-meter.ts'
import { INCONCLUSIVE, STALLS_VARIABLE } from './stalls.ts'

/**
 * A test that fails while the machine stalled fails once more, with a message that says so: Vitest repeats it, at most twice, and names
 * it as repeated. One that fails on a machine that was never late has failed.
 */
const began = new Map<string, number>()

beforeEach(({ task }) => void began.set(task.id, Date.now()))

afterEach(async ({ task }) => {
  const path = process.env[STALLS_VARIABLE]
  if (task.result?.state !== 'fail' || path === undefined) return
  const stalls = await readStalls(path, began.get(task.id))
  if (stalls.length === 0) return
  const message = `${INCONCLUSIVE}: ${describeStalls(stalls)} during "${task.name}"`
  console.error(message)
  throw new Error(message)
})
