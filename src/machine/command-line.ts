import { readFile } from 'node:fs/promises'

/** The command line of a process, its arguments separated by NUL (proc(5)); empty when it is gone or there is no /proc. */
export async function commandLineOf(pid: number): Promise<string> {
  return await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
}
