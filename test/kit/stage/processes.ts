import { readdir, readFile, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A part of every command line. */
const EVERYBODY = ''

/** Who a fault can hit. */
export type Role = 'recorder' | 'chrome' | 'renderer'

export interface Found {
  readonly pid: number
  readonly command: string
}

/**
 * The processes of one stage, by the folder in their environment or command line: a child of a killed program is nobody's
 * descendant any more, and is found all the same.
 */
export async function processesOf(folder: string): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    const read = (file: string) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '')
    const [command, environment] = await Promise.all([read('cmdline'), read('environ')])
    if (command === '' || !(command.includes(folder) || environment.includes(folder))) continue
    if (/\) Z /.test(await read('stat'))) continue
    found.push({ pid: Number(name), command: command.replaceAll('\0', ' ').trim() })
  }
  return found
}

/** Those of one recording's newest take: its recorder, Chrome or page. The data folder of its service lies in this folder, or is it. */
export async function findRole(folder: string, role: Role, recordingId: string): Promise<readonly Found[]> {
  const all = await processesOf(EVERYBODY)
  const profile = await newestProfile(folder, recordingId)
  const isChrome = (command: string) => command.includes(`--user-data-dir=${profile}`) && !command.includes('--type=')
  if (role === 'chrome') return profile === undefined ? [] : all.filter(({ command }) => isChrome(command))
  if (role === 'renderer') {
    const [chrome] = await findRole(folder, 'chrome', recordingId)
    const pids = await Promise.all(
      all.map(async (process) => ((await hasAncestor(process.pid, chrome?.pid)) ? process : undefined)),
    )
    return pids
      .filter((process) => process?.command.includes('--type=renderer') === true)
      .map((process) => process as Found)
  }
  const [chrome] = await findRole(folder, 'chrome', recordingId)
  const parent = chrome && (await parentOf(chrome.pid))
  return all.filter(({ pid, command }) => pid === parent && command.includes('recorder'))
}

/** Chrome's profiles in the folders that takes of a recording have in the spool, which link to them; the newest take's is the last. */
export async function profilesOf(folder: string, recordingId: string): Promise<readonly string[]> {
  const found: { readonly profile: string; readonly madeAtMs: number }[] = []
  for (const spool of [join(folder, 'spool'), join(folder, 'data/spool')]) {
    const names = await readdir(spool).catch(() => [])
    for (const name of names.filter((candidate) => candidate.startsWith(`${recordingId}-`))) {
      const link = join(spool, name, 'chrome')
      const profile = await readlink(link).catch(() => undefined)
      const made = await stat(join(spool, name, 'take.json')).catch(() => undefined)
      if (profile !== undefined && made !== undefined) found.push({ profile, madeAtMs: made.mtimeMs })
    }
  }
  return found.toSorted((a, b) => a.madeAtMs - b.madeAtMs).map(({ profile }) => profile)
}

async function newestProfile(folder: string, recordingId: string): Promise<string | undefined> {
  return (await profilesOf(folder, recordingId)).at(-1)
}

async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const [, parent] = /\) \S (\d+) /.exec(stat) ?? []
  return parent === undefined ? undefined : Number(parent)
}

export async function hasAncestor(pid: number, ancestor: number | undefined): Promise<boolean> {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = await parentOf(at)) {
    if (at === ancestor) return true
  }
  return false
}

/** A process that is gone cannot be hit; false says so. Signal 0 only asks (kill(2)). */
export function hit(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
