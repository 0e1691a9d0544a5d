import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { highlight as highlightCommand } from '../../src/bin/highlight.ts'
import { type Client, createClient } from '../../src/client/index.ts'
import {
  AppError,
  type Event,
  type Highlight,
  type HighlightTrigger,
  type Recording,
} from '../../src/protocol/index.ts'
import { descendants, type LiveClass, PlaylistWatch } from '../kit/index.ts'
import type { RecordingCall } from '../kit/service/recording-call.ts'
import type { TestService } from '../kit/service/test-service.ts'
import { startReceiver } from '../webhooks/receiver.ts'

export const VIDEO = { width: 320, height: 180, fps: 25, bitrateKbps: 500 }
/** Asked for after the end as well, until there are this many. */
const TRIGGERS = 50
const STORM = 30
/** As dense as a hundred in a minute. */
const STORM_EVERY_MS = 600
const PAUSE_MS = 1500
/** A trigger of the storm asks for moments up to so long ago, which the second take has. */
const REACH_MS = 4000
/** What a highlight may still reach back to. */
const SETTLE_MS = 5000
/** A clip is due within seconds; on a machine of tests many wait for each other. */
const READY_MS = 180_000
const POLL_MS = 100
/** Moments of a clip function's life: it starts, reads, cuts, checks, stores. */
const KILL_AFTER_MS = [50, 250, 600, 1100, 1700]

/** What is known of a class once it is over and all its clips have ended. */
export interface HighlightClass {
  readonly recording: Recording
  readonly highlights: readonly Highlight[]
  /** Highlights by the way in which they were asked for. */
  readonly named: Readonly<Record<string, Highlight>>
  readonly events: readonly Event[]
  /** What webhooks were told: type and highlight. */
  readonly hooks: readonly string[]
  /** What the command saved as a file, and its lines. */
  readonly saved: Buffer
  readonly printed: readonly string[]
  /** Of every version of both playlists. */
  readonly playlistFaults: readonly string[]
  readonly stormFromMs: number
  readonly stormToMs: number
  /** Nice values of clip functions and of recorders, and of their sessions (sched(7), autogroups). */
  readonly nice: { readonly clippers: readonly number[]; readonly recorders: readonly number[] }
  readonly kills: number
  /** Each whole answer of `clip.mp4` while clip functions were killed: link and hash. */
  readonly served: ReadonlySet<string>
}

/** A class that is triggered in every way, loses its Chrome, is triggered in a storm, and again after its end. */
export async function holdHighlightClass(
  service: TestService,
  live: LiveClass,
  folder: string,
): Promise<HighlightClass & { readonly client: Client; readonly call: RecordingCall }> {
  await using hooks = await startReceiver(() => ({ status: 204 }))
  const client = createClient({ baseUrl: service.url })
  const over = new AbortController()
  const call = await service.post({
    sources: live.sources,
    layout: { name: 'single', labels: false },
    video: VIDEO,
    room: 'highlight-class',
    segmentSec: 2,
    highlights: { preSec: 3, postSec: 2, rules: [{ type: 'hand', from: 'amy', preSec: 2, postSec: 1 }] },
    webhooks: [{ url: hooks.url, secret: 'a-secret-of-16-or-more' }],
  })
  const watch = new PlaylistWatch([call.liveUrl, call.indexUrl])
  const { events, followed } = follow(client, over.signal)
  const asked: Record<string, string> = {}
  const trigger = async (name: string, body: HighlightTrigger, idempotencyKey?: string) => {
    const options = idempotencyKey === undefined ? {} : { idempotencyKey }
    asked[name] = (await client.highlights.trigger(call.id, body, options)).id
  }
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
  await call.reach('recording')
  await trigger('first second live', { preSec: 30, postSec: 1 })
  await call.running()
  await sleep(SETTLE_MS)

  const printed: string[] = []
  const output = join(folder, 'saved.mp4')
  const cli = { url: service.url, at: 'now', pre: 1, post: 1, label: 'Command', output }
  const command = highlightCommand(call.id, cli, (line) => printed.push(line))
  await Promise.all([trigger('now', { label: 'Now' }), trigger('overlap', { preSec: 1.5, postSec: 0.5 })])
  await trigger('picture', { preSec: 0, postSec: 0 })
  await trigger('past', { at: ago(2000), preSec: 1, postSec: 1 })
  await trigger('ahead', { at: ago(-2000), preSec: 1.3, postSec: 1 })
  await Promise.all([trigger('key', { preSec: 1, postSec: 0 }, 'once'), sleep(5)])
  await trigger('key again', { preSec: 1, postSec: 0 }, 'once')
  await call.signal({ type: 'highlight', label: 'Signal', preSec: 2, postSec: 1, from: 'teacher' })
  await call.signal({ type: 'hand.raised', from: 'amy' })
  await sleep(1000)
  await client.recordings.pause(call.id)
  await sleep(PAUSE_MS)
  await client.recordings.resume(call.id)
  await sleep(1000)
  await trigger('pause', { preSec: 4, postSec: 0.5 })
  await sleep(1000)
  await trigger('border', { preSec: 1.5, postSec: 20 })
  await sleep(1000)
  const nice = { clippers: new Set<number>(), recorders: new Set<number>() }
  await notePriorities(nice)
  await killChrome()
  await trigger('dark', { preSec: 3, postSec: 0 })
  const isNextTake = ({ state, takes, sources }: Recording) =>
    state === 'recording' && takes.length === 2 && sources.every((source) => source.state === 'live')
  await call.until('its second take', isNextTake)
  await command
  await sleep(SETTLE_MS)

  const random = seededRandom(3)
  const stormFromMs = Date.now()
  for (let i = 0; i < STORM; i += 1) {
    const at = i % 3 === 0 ? {} : { at: ago(random() * REACH_MS) }
    await trigger(`storm ${i}`, { ...at, preSec: random() * 3, postSec: random() * 2 })
    await sleep(Math.max(0, stormFromMs + (i + 1) * STORM_EVERY_MS - Date.now()))
  }
  const stormToMs = Date.now()
  await notePriorities(nice)
  await trigger('last second', { preSec: 4, postSec: 30 })
  const recording = await call.stop()
  await watch[Symbol.asyncDispose]()

  const [startMs, endMs] = [Date.parse(recording.startedAt ?? ''), Date.parse(recording.endedAt ?? '')]
  await trigger('first second', { at: new Date(startMs + 300).toISOString(), preSec: 30, postSec: 1 })
  await trigger('end', { at: new Date(endMs).toISOString(), preSec: 2, postSec: 0 })
  while (Object.keys(asked).length < TRIGGERS) {
    const at = new Date(startMs + random() * (endMs - startMs)).toISOString()
    const body = { at, preSec: random() * 6, postSec: random() * 4 }
    await trigger(`later ${Object.keys(asked).length}`, body).catch(unlessInAHole)
  }
  const { kills, served } = await killClippers(client, call.id)
  const highlights = await untilEnded(client, call.id)
  for (const { label, rule, id } of highlights) {
    if (label === 'Signal') asked.signal = id
    if (label === 'Command') asked.command = id
    if (rule === 'hand') asked.rule = id
  }
  const wanted = highlights.filter(({ state }) => state === 'ready').length
  const isTold = () => hooks.received.filter(({ body }) => body.includes('"highlight.ready"')).length >= wanted
  await poll(isTold, READY_MS)
  over.abort()
  await followed
  const named = Object.entries(asked).flatMap(([name, id]) => {
    const found = highlights.find((highlight) => highlight.id === id)
    return found === undefined ? [] : [[name, found] as const]
  })
  return {
    client,
    call,
    recording,
    highlights,
    named: Object.fromEntries(named),
    events,
    hooks: hooks.received.map(({ body }) => {
      const { type, highlight } = JSON.parse(body)
      return `${type} ${highlight?.id}`
    }),
    saved: await readFile(output),
    printed,
    playlistFaults: watch.faults,
    stormFromMs,
    stormToMs,
    nice: { clippers: [...nice.clippers], recorders: [...nice.recorders] },
    kills,
    served,
  }
}

/** A random range may lie where nothing was recorded. */
function unlessInAHole(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'highlight.no-media') throw error
}

function follow(client: Client, signal: AbortSignal) {
  const events: Event[] = []
  const followed = (async () => {
    for await (const event of client.events({ signal })) events.push(event)
  })()
  return { events, followed }
}

const isChrome = (command: string) => command.includes('chrom') && !command.includes('--type=')
const isRecorder = (command: string) => command.includes('bin/recorder')
const isClipper = (command: string) => command.includes('bin/clipper')

async function killChrome(): Promise<void> {
  for (const [pid, command] of await descendants(process.pid)) if (isChrome(command)) process.kill(pid, 'SIGKILL')
}

async function notePriorities(nice: { clippers: Set<number>; recorders: Set<number> }): Promise<void> {
  for (const [pid, command] of await descendants(process.pid)) {
    const seen = isClipper(command) ? nice.clippers : isRecorder(command) ? nice.recorders : undefined
    const stat = seen && (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined))
    // Field 19 (proc(5)); the name of the program, field 2, may hold spaces.
    if (stat !== undefined) seen?.add(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]))
    if (seen !== undefined) await noteSession(pid, seen)
  }
}

/** A clip function that was just started gets it a moment later, where the service has no privileges (sched(7)). */
async function noteSession(pid: number, seen: Set<number>): Promise<void> {
  const read = async () => (await readFile(`/proc/${pid}/autogroup`, 'utf8').catch(() => '')).split(' nice ')[1]
  if (Number(await read()) < Math.max(...seen)) await sleep(SESSION_MS)
  const nice = await read()
  if (nice !== undefined) seen.add(Number(nice))
}

const SESSION_MS = 3000

/** Where no other clip is wanted, the next clip function is that of a killed one's job, which waits to be repeated. */
const NEXT_CLIPPER_MS = 20_000

/** Kills every clip function at some moments of its work, and reads the clips all the time. */
async function killClippers(client: Client, recordingId: string): Promise<{ kills: number; served: Set<string> }> {
  const served = new Set<string>()
  const over = new AbortController()
  const reading = (async () => {
    while (!over.signal.aborted) {
      for (const { links, state } of await allHighlights(client, recordingId)) {
        if (state === 'cutting') await readClip(client.mediaUrl(links.mp4), served)
      }
    }
  })()
  let kills = 0
  for (const afterMs of KILL_AFTER_MS) {
    await sleep(afterMs)
    const deadlineMs = performance.now() + NEXT_CLIPPER_MS
    let killed = 0
    while (killed === 0 && performance.now() < deadlineMs) killed = await killAllClippers()
    kills += killed
  }
  over.abort()
  await reading
  return { kills, served }
}

async function killAllClippers(): Promise<number> {
  const pids = [...(await descendants(process.pid))].flatMap(([pid, command]) => (isClipper(command) ? [pid] : []))
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  return pids.length
}

async function readClip(url: string, served: Set<string>): Promise<void> {
  const response = await fetch(url)
  const bytes = Buffer.from(await response.arrayBuffer())
  if (response.status === 200) served.add(`${new URL(url).pathname} ${hashOf(bytes)}`)
  else if (response.status !== 404) throw new Error(`${url} answered ${response.status}`)
}

export const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function untilEnded(client: Client, recordingId: string): Promise<readonly Highlight[]> {
  let highlights: readonly Highlight[] = []
  await poll(async () => {
    highlights = await allHighlights(client, recordingId)
    return highlights.every(({ state }) => state === 'ready' || state === 'failed')
  }, READY_MS)
  return highlights
}

async function allHighlights(client: Client, recordingId: string): Promise<Highlight[]> {
  const items: Highlight[] = []
  let cursor: string | null = null
  do {
    const page = await client.highlights.list({ recordingId, limit: 100, ...(cursor !== null && { cursor }) })
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return items
}

async function poll(isTrue: () => boolean | Promise<boolean>, longestMs: number): Promise<void> {
  const deadline = performance.now() + longestMs
  while (!(await isTrue()) && performance.now() < deadline) await sleep(POLL_MS)
}

/** Mulberry32: the same numbers in every run. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
