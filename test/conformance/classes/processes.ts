import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { descendants } from '../../kit/index.ts'
import { findRole } from '../../kit/stage/processes.ts'

/** A clip function that was just started gets its session's nice value a moment later, where the service has no privileges (sched(7)). */
const SESSION_MS = 3000

export const isClipper = (command: string) => command.includes('functions/clipper')
const isRecorder = (command: string) => command.includes('functions/recorder')

/** The Chrome of a recording's take, by the data folder of its service. */
export async function findTakeChrome(dataDir: string, recordingId: string): Promise<number> {
  const [chrome] = await findRole(dataDir, 'chrome', recordingId)
  if (chrome === undefined) throw new Error(`${recordingId} has no Chrome`)
  return chrome.pid
}

/** Adds the nice values of the clip functions and recorders that run now, and of their sessions. */
export async function noteNice(nice: { clippers: Set<number>; recorders: Set<number> }): Promise<void> {
  for (const [pid, command] of await descendants(process.pid)) {
    const seen = isClipper(command) ? nice.clippers : isRecorder(command) ? nice.recorders : undefined
    if (seen === undefined) continue
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
    // Field 19 (proc(5)); the name of the program, field 2, may hold spaces.
    if (stat !== undefined) seen.add(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]))
    await noteSession(pid, seen)
  }
}

async function noteSession(pid: number, seen: Set<number>): Promise<void> {
  const read = async () => (await readFile(`/proc/${pid}/autogroup`, 'utf8').catch(() => '')).split(' nice ')[1]
  if (Number(await read()) < Math.max(...seen)) await sleep(SESSION_MS)
  const nice = await read()
  if (nice !== undefined) seen.add(Number(nice))
}
