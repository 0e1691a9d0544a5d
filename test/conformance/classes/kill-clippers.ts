import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../../../src/client/index.ts'
import { descendants } from '../../kit/index.ts'
import { isClipper } from './processes.ts'
import { Triggers } from './triggers.ts'

/** Moments of a clip function's life: it starts, reads, cuts, checks, stores. */
const KILL_AFTER_MS = [50, 250, 600, 1100, 1700]
/** Where no other clip is wanted, the next clip function is that of a killed one's job, which waits to be repeated. */
const NEXT_CLIPPER_MS = 20_000
const LOOK_MS = 10

/** Kills every clip function at some moments of its work, and reads the clips all the time. */
export async function killClippers(
  client: Client,
  recordingId: string,
): Promise<{ readonly kills: number; readonly served: ReadonlySet<string> }> {
  const served = new Set<string>()
  const over = new AbortController()
  const reading = readClips(client, recordingId, { served, signal: over.signal })
  let kills = 0
  for (const afterMs of KILL_AFTER_MS) {
    await sleep(afterMs)
    kills += await killNextClippers()
  }
  over.abort()
  await reading
  return { kills, served }
}

/** Kills all that there are, as soon as there is one; resolves with how many it were. */
async function killNextClippers(): Promise<number> {
  const deadlineMs = performance.now() + NEXT_CLIPPER_MS
  while (performance.now() < deadlineMs) {
    const pids = [...(await descendants(process.pid))].flatMap(([pid, command]) => (isClipper(command) ? [pid] : []))
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    if (pids.length > 0) return pids.length
    await sleep(LOOK_MS)
  }
  return 0
}

interface Reading {
  readonly served: Set<string>
  readonly signal: AbortSignal
}

async function readClips(client: Client, recordingId: string, { served, signal }: Reading): Promise<void> {
  const triggers = new Triggers(client, recordingId)
  while (!signal.aborted) {
    for (const { links, state } of await triggers.all()) {
      if (state === 'cutting') await readClip(client.mediaUrl(links.mp4), served)
    }
    await sleep(LOOK_MS)
  }
}

async function readClip(url: string, served: Set<string>): Promise<void> {
  const response = await fetch(url)
  const bytes = Buffer.from(await response.arrayBuffer())
  if (response.status === 200) served.add(`${new URL(url).pathname} ${hashOf(bytes)}`)
  else if (response.status !== 404) throw new Error(`${url} answered ${response.status}`)
}

export const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
