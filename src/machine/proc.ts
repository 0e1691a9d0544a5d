import { readdir, readFile, readlink } from 'node:fs/promises'

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
export async function readStat(pid: number): Promise<ProcessStat | undefined> {
  const text = await readProcessFile(pid, 'stat')
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

/** The whole file, such as `task/7/comm`; empty for a process that is gone or another user's, and where there is no /proc. */
export async function readProcessFile(pid: number, file: string): Promise<string> {
  return await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
}

/** Every process of the machine, or of the container; empty where there is no /proc. */
export async function listProcesses(): Promise<number[]> {
  return await numbersIn('/proc')
}

/** The threads of a process (proc(5), `task`). */
export async function listThreads(pid: number): Promise<number[]> {
  return await numbersIn(`/proc/${pid}/task`)
}

async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => /^\d+$/.test(name)).map(Number)
}

/** Process ids mean something within it only (pid_namespaces(7)); 0 where there are none. */
export async function readPidNamespace(): Promise<string> {
  const link = await readlink('/proc/self/ns/pid').catch(() => '')
  return /\d+/.exec(link)?.[0] ?? '0'
}

/** The name of this boot, from which monotonic clocks and start ticks count; empty where there is no /proc. */
export async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim()
}

/** `/proc/meminfo`; empty where there is none. */
export async function readMemoryInfo(): Promise<string> {
  return await readFile('/proc/meminfo', 'utf8').catch(() => '')
}
