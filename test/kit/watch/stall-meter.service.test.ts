import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { describeStalls, readStalls, startStallMeter } from './stall-meter.ts'

const STALL_MS = 400
/** The meter is stopped and continued by signals, which come when they come. */
const ROUGHLY_MS = 100

test('writes down when a process that should have run did not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'panorec-stalls-'))
  const path = join(folder, 'stalls')
  try {
    await using meter = await startStallMeter(path)
    const fromMs = Date.now()
    process.kill(meter.pid, 'SIGSTOP')
    await sleep(STALL_MS)
    process.kill(meter.pid, 'SIGCONT')
    await expect.poll(() => readStalls(path, fromMs)).not.toEqual([])
    const stalls = await readStalls(path, fromMs)
    const longest = stalls.toSorted((a, b) => a.toMs - a.fromMs - (b.toMs - b.fromMs)).at(-1) ?? expect.unreachable()
    expect(Math.abs(longest.fromMs - fromMs)).toBeLessThan(ROUGHLY_MS)
    expect(longest.toMs - longest.fromMs).toBeGreaterThan(STALL_MS - ROUGHLY_MS)
    expect(describeStalls([longest])).toMatch(/^the machine stalled 1 times, for up to \d+ ms$/)
    expect(await readStalls(path, longest.toMs + 1)).not.toContainEqual(longest)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
