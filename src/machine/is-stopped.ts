import { readFile } from 'node:fs/promises'

/** True for a process that does nothing until it is told to go on (proc(5), state `T`); false where there is no /proc. */
export async function isStopped(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return /^State:\s+[Tt]\b/m.test(status)
}
