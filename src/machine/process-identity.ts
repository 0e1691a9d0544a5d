import { readBootId, readStat } from './proc.ts'
import { existenceOf } from './process-signals.ts'

/** A process that no later one with the same number is mistaken for. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks from boot to its start (proc(5), `starttime`); empty where there is no /proc. */
  readonly startTicks: string
  readonly bootId: string
}

/** `stopped`: it exists but does nothing until SIGCONT. */
export type ProcessLife = 'running' | 'stopped' | 'gone'

/** The identity of a running process of this machine. */
export function identifyProcess(pid: number): ProcessIdentity {
  const stat = readStat(pid)
  return { pid, startTicks: stat?.startTicks ?? '', bootId: readBootId() }
}

/** A process of another boot, or one whose number went to another, is gone; so is a zombie. */
export function lifeOf({ pid, startTicks, bootId }: ProcessIdentity): ProcessLife {
  if (startTicks === '') return existenceOf(pid) === 'none' ? 'gone' : 'running'
  if (bootId !== readBootId()) return 'gone'
  const stat = readStat(pid)
  if (stat?.startTicks !== startTicks || stat.state === 'Z' || stat.state === 'X') return 'gone'
  return isStoppedState(stat.state) ? 'stopped' : 'running'
}

/** True for a process that does nothing until SIGCONT; false where there is no /proc. */
export function isStopped(pid: number): boolean {
  return isStoppedState(readStat(pid)?.state)
}

function isStoppedState(state: string | undefined): boolean {
  return state === 'T' || state === 't'
}
