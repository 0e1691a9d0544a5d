import { readdir, readFile } from 'node:fs/promises'

/** One line of `/proc/<pid>/stat`, as far as a recorder needs it (proc(5)). */
export interface ProcessStat {
  readonly pid: number
  readonly parentPid: number
  /** User and system time, clock ticks. */
  readonly cpuTicks: number
}

/** The process and all its descendants; empty where there is no /proc. */
export async function readProcessTree(rootPid: number): Promise<readonly ProcessStat[]> {
  const names = await readdir('/proc').catch(() => [])
  const stats = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(readStat))
  const byParent = Map.groupBy(
    stats.filter((stat) => stat !== undefined),
    (stat) => stat.parentPid,
  )
  const tree = stats.filter((stat) => stat?.pid === rootPid).filter((stat) => stat !== undefined)
  for (const stat of tree) tree.push(...(byParent.get(stat.pid) ?? []))
  return tree
}

/** Undefined for a process that is gone. The name, in parentheses, may itself hold spaces and parentheses. */
async function readStat(pid: string): Promise<ProcessStat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { pid: Number(pid), parentPid: Number(fields[1]), cpuTicks: Number(fields[11]) + Number(fields[12]) }
}

/** Kills the process and all its descendants at once, hung ones too. */
export async function killProcessTree(rootPid: number): Promise<void> {
  const tree = await readProcessTree(rootPid)
  for (const { pid } of tree) kill(pid)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
