import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** A process in its line of `/proc/<pid>/stat` (proc(5)), as far as it is needed. */
export interface ProcessStat {
  readonly pid: number
  /** One letter: `T` and `t` are stopped, `Z` and `X` dead. */
  readonly state: string
  readonly parentPid: number
  /** User and system time, clock ticks. */
  readonly cpuTicks: number
  /** Clock ticks from boot to its start. */
  readonly startTicks: string
}

/** Undefined for a process that is gone, and where there is no /proc. The name, in parentheses, may itself hold both and spaces. */
export function readStat(pid: number): ProcessStat | undefined {
  const text = readProcessFile(pid, 'stat')
  if (text === '') return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return {
    pid,
    state: fields[0] ?? '',
    parentPid: Number(fields[1]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    startTicks: fields[19] ?? '',
  }
}

/** A file that the kernel writes without asking the process's memory map, such as `task/7/comm`. */
type PlainFile = 'stat' | 'statm' | `task/${number}/comm`
/** A file for which the kernel locks the process's memory map, and may have to wait (proc(5)). */
type MappedFile = 'cmdline' | 'environ' | 'smaps_rollup'

/** The whole file; empty for a process that is gone or another user's, and where there is no /proc. */
export function readProcessFile(pid: number, file: PlainFile): string {
  return readNow(`/proc/${pid}/${file}`)
}

/** The same for a file that may take its time. */
export async function readMappedFile(pid: number, file: MappedFile): Promise<string> {
  return await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
}

/**
 * A small file of the kernel's; empty where there is none. It is in memory, so a read takes some microseconds, and an asynchronous
 * one costs more than it: a buffer of 64 kB for a file that states no size, and turns of the thread pool.
 */
export function readNow(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Every process of the machine, or of the container; empty where there is no /proc. */
export function listProcesses(): number[] {
  return numbersIn('/proc')
}

/** The threads of a process (proc(5), `task`). */
export function listThreads(pid: number): number[] {
  return numbersIn(`/proc/${pid}/task`)
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** Process ids mean something within it only (pid_namespaces(7)); 0 where there are none. */
export function readPidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch {
    return '0'
  }
}

/** The name of this boot, from which monotonic clocks and start ticks count; empty where there is no /proc. */
export function readBootId(): string {
  return readNow('/proc/sys/kernel/random/boot_id').trim()
}

/** `/proc/meminfo`; empty where there is none. */
export function readMemoryInfo(): string {
  return readNow('/proc/meminfo')
}
