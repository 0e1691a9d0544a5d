import { listProcesses, type ProcessStat, readMappedFile, readStat } from './proc.ts'
import { signalProcess } from './process-signals.ts'

/** The process and all its descendants; empty where there is no /proc. */
export function readProcessTree(rootPid: number): readonly ProcessStat[] {
  const stats = listProcesses()
    .map(readStat)
    .filter((stat) => stat !== undefined)
  const byParent = Map.groupBy(stats, (stat) => stat.parentPid)
  const tree = stats.filter((stat) => stat.pid === rootPid)
  for (const stat of tree) tree.push(...(byParent.get(stat.pid) ?? []))
  return tree
}

/** Kills the process and all its descendants at once, hung ones too. */
export function killProcessTree(rootPid: number): void {
  for (const { pid } of readProcessTree(rootPid)) signalProcess(pid, 'SIGKILL')
}

/** The command line of a process, its arguments divided by NUL; empty for one that is gone, and where there is no /proc. */
export async function commandLineOf(pid: number): Promise<string> {
  return await readMappedFile(pid, 'cmdline')
}
