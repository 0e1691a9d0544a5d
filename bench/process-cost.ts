import { readFile } from 'node:fs/promises'
import { delay } from '../src/timing/index.ts'
import { descendants } from '../test/kit/index.ts'

/** USER_HZ: 100 on every Linux that Node runs on. */
const TICKS_PER_SEC = 100
const SAMPLE_MS = 1000

/** The resources that a set of processes used. */
export interface ProcessCost {
  /** CPU seconds per second. */
  readonly cores: number
  /** Proportional set size, the highest of the samples, bytes. */
  readonly peakBytes: number
}

interface RunningProcess {
  readonly pid: number
  /** The beginning of its command line. */
  readonly command: string
}

/** Measures the processes below this one for which `counts` is true, for `seconds`. */
export async function measureCost(seconds: number, counts: (process: RunningProcess) => boolean): Promise<ProcessCost> {
  const before = await cpuTicks(counts)
  const startedAt = performance.now()
  let peakBytes = 0
  let after = before
  while (performance.now() - startedAt < seconds * 1000) {
    await delay(SAMPLE_MS)
    after = await cpuTicks(counts)
    peakBytes = Math.max(peakBytes, await memoryBytes(after.keys()))
  }
  const elapsedSec = (performance.now() - startedAt) / 1000
  const spent = [...after].reduce((sum, [pid, ticks]) => sum + ticks - (before.get(pid) ?? 0), 0)
  return { cores: spent / TICKS_PER_SEC / elapsedSec, peakBytes }
}

async function cpuTicks(counts: (process: RunningProcess) => boolean): Promise<Map<number, number>> {
  const ticks = new Map<number, number>()
  for (const [pid, command] of await descendants(process.pid)) {
    if (!counts({ pid, command })) continue
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields.length > 12) ticks.set(pid, Number(fields[11]) + Number(fields[12]))
  }
  return ticks
}

/** Proportional set size of some processes together. */
export async function memoryBytes(pids: Iterable<number>): Promise<number> {
  let sum = 0
  for (const pid of pids) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
    sum += Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024
  }
  return sum
}
