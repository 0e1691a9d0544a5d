import { readMappedFile, readProcessFile } from './proc.ts'
import { readProcessTree } from './process-tree.ts'

interface ProcessLoad {
  /** CPU seconds per second since the sample before. */
  readonly cpuCores: number
  /** Proportional set size: shared pages are counted once over all who share them. */
  readonly memoryBytes: number
}

/** USER_HZ, which is 100 on every Linux that Node runs on (time(7)). */
const TICKS_PER_SEC = 100
/** Reading PSS walks the page tables of Chrome, some milliseconds of CPU: not with every sample. */
const MEMORY_EVERY_MS = 10_000

/** Measures a process and all its descendants from /proc; zeros where there is none. */
export function createLoadMeter(rootPid: number): (nowMs: number) => Promise<ProcessLoad> {
  let ticksBefore = new Map<number, number>()
  let sampledAtMs: number | undefined
  let memoryAtMs = Number.NEGATIVE_INFINITY
  let memoryBytes = 0
  return async (nowMs) => {
    const tree = readProcessTree(rootPid)
    const spent = tree.reduce((sum, { pid, cpuTicks }) => sum + cpuTicks - (ticksBefore.get(pid) ?? 0), 0)
    const elapsedSec = sampledAtMs === undefined ? Number.POSITIVE_INFINITY : (nowMs - sampledAtMs) / 1000
    ticksBefore = new Map(tree.map(({ pid, cpuTicks }) => [pid, cpuTicks]))
    sampledAtMs = nowMs
    if (nowMs - memoryAtMs >= MEMORY_EVERY_MS) {
      memoryAtMs = nowMs
      memoryBytes = (await Promise.all(tree.map(({ pid }) => readMemory(pid)))).reduce((sum, bytes) => sum + bytes, 0)
    }
    return { cpuCores: spent / TICKS_PER_SEC / elapsedSec, memoryBytes }
  }
}

/** PSS, or for a sandboxed process that hides it the resident size less what is shared. */
async function readMemory(pid: number): Promise<number> {
  const rollup = await readMappedFile(pid, 'smaps_rollup')
  const pss = /^Pss:\s+(\d+) kB$/m.exec(rollup)
  if (pss !== null) return Number(pss[1]) * 1024
  const statm = readProcessFile(pid, 'statm')
  const [, resident = 0, shared = 0] = statm.split(' ').map(Number)
  return (resident - shared) * 4096
}
