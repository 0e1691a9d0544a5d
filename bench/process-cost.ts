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

export interface RunningProcess {
  readonly pid: number
  /** The beginning of its command line. */
  readonly command: string
}

/** Measures the processes below this one for which `counts` is true, for `seconds`. */
export async function measureCost(seconds: number, counts: (process: RunningProcess) => boolean): Promise<ProcessCost> {
  const costs = await measureCosts(seconds, (process) => (counts(process) ? 'all' : undefined))
  return costs.get('all') ?? { cores: 0, peakBytes: 0 }
}

/** The same for each group that `groupOf` names; processes without a group do not count. */
export async function measureCosts<G extends string>(
  seconds: number,
  groupOf: (process: RunningProcess) => G | undefined,
): Promise<ReadonlyMap<G, ProcessCost>> {
  const before = await readProcesses(groupOf)
  const startedAt = performance.now()
  const peaks = new Map<G, number>()
  let after = before
  while (performance.now() - startedAt < seconds * 1000) {
    await delay(SAMPLE_MS)
    after = await readProcesses(groupOf)
    for (const [group, processes] of after)
      peaks.set(group, Math.max(peaks.get(group) ?? 0, await memoryBytes(processes.keys())))
  }
  const elapsedSec = (performance.now() - startedAt) / 1000
  return new Map(
    [...after].map(([group, processes]) => {
      const begun = before.get(group)
      const spent = [...processes].reduce((sum, [pid, ticks]) => sum + ticks - (begun?.get(pid) ?? 0), 0)
      return [group, { cores: spent / TICKS_PER_SEC / elapsedSec, peakBytes: peaks.get(group) ?? 0 }]
    }),
  )
}

/** The CPU ticks of each process, by its group. */
async function readProcesses<G extends string>(
  groupOf: (process: RunningProcess) => G | undefined,
): Promise<ReadonlyMap<G, ReadonlyMap<number, number>>> {
  const groups = new Map<G, Map<number, number>>()
  for (const [pid, command] of await descendants(process.pid)) {
    const group = groupOf({ pid, command })
    if (group === undefined) continue
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields.length <= 12) continue
    const processes = groups.get(group) ?? new Map<number, number>()
    groups.set(group, processes.set(pid, Number(fields[11]) + Number(fields[12])))
  }
  return groups
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
