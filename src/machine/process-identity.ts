import { readFile } from 'node:fs/promises'

/** A process that no later one with the same number is mistaken for. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks from boot to its start (proc(5), `starttime`); empty where there is no /proc. */
  readonly startTicks: string
  readonly bootId: string
}

/** `stopped`: it exists but does nothing until it is told to go on. */
export type ProcessLife = 'running' | 'stopped' | 'gone'

/** The identity of a running process of this machine. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  const { startTicks } = await readStat(pid)
  return { pid, startTicks, bootId: await readBootId() }
}

/** A process of another boot, or one whose number went to another, is gone; so is a zombie. */
export async function lifeOf(process_: ProcessIdentity): Promise<ProcessLife> {
  if (process_.startTicks === '') return existsByPid(process_.pid) ? 'running' : 'gone'
  if (process_.bootId !== (await readBootId())) return 'gone'
  const { startTicks, state } = await readStat(process_.pid)
  if (startTicks !== process_.startTicks || state === 'Z' || state === 'X') return 'gone'
  return state === 'T' || state === 't' ? 'stopped' : 'running'
}

/** Which boot of this machine it is, and so which monotonic clock; empty where there is no /proc. */
export async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim()
}

/** The command's name in brackets may hold anything: the fields are counted behind it. */
async function readStat(pid: number): Promise<{ readonly startTicks: string; readonly state: string }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', startTicks: fields[19] ?? '' }
}

function existsByPid(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // There is no such process, or it is another user's: not a recorder of ours.
    return false
  }
}
