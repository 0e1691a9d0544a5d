import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import { repeat } from '../timing/index.ts'
import { readMemoryInfo, readNow } from './proc.ts'

/** What the machine, or the container where that is narrower, has and uses: the mean of the last seconds. */
export interface MachineLoad {
  readonly cpuCores: number
  readonly usedCpuCores: number
  readonly memoryBytes: number
  readonly usedMemoryBytes: number
}

/** One reading of the counters. CPU is in core seconds since some fixed moment. */
interface LoadSample {
  readonly atSec: number
  readonly machine: Counters
  /** The container's own, where it has limits. */
  readonly container: Partial<Counters>
}
interface Counters {
  readonly cpuCores: number
  readonly spentCpuSec: number
  readonly memoryBytes: number
  readonly usedMemoryBytes: number
}

const SAMPLE_MS = 1000
const WINDOW_SEC = 5
const CGROUP = '/sys/fs/cgroup'

interface LoadWatch extends Disposable {
  /** Over the last five seconds; before the second sample the machine counts as idle. */
  readonly load: MachineLoad
}

/** Watches the machine and the container's limits (cgroup v2) from now on. */
export function watchLoad(): LoadWatch {
  let samples = [readSample()]
  const sampling = repeat({
    everyMs: SAMPLE_MS,
    unref: true,
    work() {
      const sample = readSample()
      samples = [...samples.filter(({ atSec }) => atSec > sample.atSec - WINDOW_SEC), sample]
    },
  })
  return {
    get load() {
      const [first, last] = [samples[0], samples.at(-1)]
      if (first === undefined || last === undefined) throw new Error('There is always one sample')
      return planLoad(first, last)
    },
    [Symbol.dispose]: () => sampling[Symbol.dispose](),
  }
}

/** The load between two samples: of the machine or of the container, whichever has less left. */
export function planLoad(first: LoadSample, last: LoadSample): MachineLoad {
  const { machine, container } = last
  const usedBy = (before?: number, after?: number): number => {
    const elapsedSec = last.atSec - first.atSec
    return elapsedSec <= 0 || before === undefined || after === undefined
      ? 0
      : Math.max(0, (after - before) / elapsedSec)
  }
  const whole = usedBy(first.machine.spentCpuSec, machine.spentCpuSec)
  const own = usedBy(first.container.spentCpuSec, container.spentCpuSec)
  const quota = container.cpuCores
  const cpu =
    quota !== undefined && quota - own < machine.cpuCores - whole
      ? { cpuCores: quota, usedCpuCores: own }
      : { cpuCores: machine.cpuCores, usedCpuCores: whole }
  const { memoryBytes, usedMemoryBytes = 0 } = container
  const isNarrower =
    memoryBytes !== undefined && memoryBytes - usedMemoryBytes < machine.memoryBytes - machine.usedMemoryBytes
  const memory = isNarrower
    ? { memoryBytes, usedMemoryBytes }
    : { memoryBytes: machine.memoryBytes, usedMemoryBytes: machine.usedMemoryBytes }
  return { ...cpu, ...memory }
}

function readSample(): LoadSample {
  const [cpuMax, cpuStat, memoryMax, memoryCurrent, memoryStat] = [
    'cpu.max',
    'cpu.stat',
    'memory.max',
    'memory.current',
    'memory.stat',
  ].map((name) => readNow(`${CGROUP}/${name}`))
  const available = numberIn(readMemoryInfo(), /^MemAvailable:\s+(\d+) kB$/m)
  const busyMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
  return {
    atSec: performance.now() / 1000,
    machine: {
      cpuCores: availableParallelism(),
      spentCpuSec: busyMs / 1000,
      memoryBytes: totalmem(),
      usedMemoryBytes: totalmem() - (available === undefined ? freemem() : available * 1024),
    },
    container: parseContainer({ cpuMax, cpuStat, memoryMax, memoryCurrent, memoryStat }),
  }
}

/** The limits of a cgroup and what it used; nothing where it has none (Linux, cgroup-v2.rst). */
export function parseContainer(files: {
  readonly cpuMax?: string | undefined
  readonly cpuStat?: string | undefined
  readonly memoryMax?: string | undefined
  readonly memoryCurrent?: string | undefined
  readonly memoryStat?: string | undefined
}): Partial<Counters> {
  const quota = /^(\d+) (\d+)/.exec(files.cpuMax ?? '')
  const spentUs = numberIn(files.cpuStat, /^usage_usec (\d+)$/m)
  const memoryBytes = numberIn(files.memoryMax, /^(\d+)$/m)
  const current = numberIn(files.memoryCurrent, /^(\d+)$/m)
  // The page cache of files that nobody reads gives way.
  const idleCache = numberIn(files.memoryStat, /^inactive_file (\d+)$/m) ?? 0
  return {
    ...(quota !== null && { cpuCores: Number(quota[1]) / Number(quota[2]) }),
    ...(spentUs !== undefined && { spentCpuSec: spentUs / 1e6 }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(current !== undefined && { usedMemoryBytes: current - idleCache }),
  }
}

function numberIn(text: string | undefined, pattern: RegExp): number | undefined {
  const found = pattern.exec(text ?? '')?.[1]
  return found === undefined ? undefined : Number(found)
}
