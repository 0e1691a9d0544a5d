import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename } from 'node:path'
import type {
  EndReason,
  ErrorInfo,
  RecorderCommand,
  RecorderEvent,
  RecorderPreparation,
  RecorderRequest,
} from '../../src/protocol/index.ts'

/**
 * A child process that speaks the recorder's protocol and plays what the recording's metadata says: `play` is `crash`,
 * `killed`, `survived` (killed, but a child of it lives on and holds its output open), `silent` (never a first picture), `frozen` (says nothing more), `failing` (gives the take up, but lingers),
 * `hopeless`, `deaf` (no answers), `stubborn` (does not end), `zombie` (a new layout makes it give the take up, and it refuses
 * it after that), `told` (signals make it give the take up), or nothing. `takes` is how many takes play that; later ones
 * play nothing. `due` is how many takes ask for the next one to take over, as soon as they run; `next` is what a take plays that
 * waits to take over: `crash`, or `slow` (it is never ready); it is ready after `readyMs`. `refuse` names a type of command that
 * it answers with an error; a stop is answered after `stopMs`. `warnings` is how often it warns at once, and nothing has happened
 * in its room for `emptyRoomSec`.
 */
const FRAME_MS = 100
const STATS = {
  frames: 1,
  droppedFrames: 0,
  segments: 0,
  bytes: 0,
  segmentLatencyMs: 5,
  cpuCores: 0.5,
  memoryBytes: 1e6,
}

const LINGER_MS = 1500
const SURVIVES_SEC = 2

const emit = (event: RecorderEvent) => process.send?.(event)
const at = () => new Date().toISOString()
let request: RecorderRequest | undefined
let segments = 0
let recording: NodeJS.Timeout | undefined

process.on('message', (message) => {
  if ((message as RecorderPreparation).type === 'prepare') return
  if (request !== undefined) return handleCommand(message as RecorderCommand)
  request = message as RecorderRequest
  begin(request)
})
process.send?.({ type: 'prepared' })
process.on('SIGTERM', () => end('terminated'))
process.on('disconnect', () => {
  if (basename(tmpdir()).startsWith('panorec-take-')) rmSync(tmpdir(), { recursive: true, force: true })
  process.exit(0)
})

const play = (): string | undefined => {
  if (request === undefined) return undefined
  const { metadata, take } = request
  return take <= Number(metadata.takes ?? 1000) ? metadata.play : undefined
}

function begin({ sources, take, layout, maxDurationSec, idleForSec }: RecorderRequest): void {
  const asked = { take, layout: layout.name, sources: sources.map(({ id }) => id), maxDurationSec, idleForSec }
  console.log(JSON.stringify({ level: 'debug', msg: 'request', asked }))
  console.log(
    JSON.stringify({
      level: 'info',
      msg: 'scripted',
      token: 'hidden-word',
      secretsSeen: Object.keys(process.env).filter((name) => name.startsWith('PANOREC_')),
    }),
  )
  emit({ type: 'starting', at: at(), pid: process.pid })
  if (play() === 'silent') return
  if (request?.handover) {
    if (request.metadata.next === 'crash') process.exit(7)
    return
  }
  if (play() === 'hopeless') return end('failed', { code: 'chrome.not-found', message: 'no Chrome' })
  setTimeout(() => {
    recording = roll(Date.now(), sources)
    if (play() === 'crash') {
      console.error('boom: the last words')
      setTimeout(() => process.exit(7), FRAME_MS)
    }
    if (play() === 'survived')
      spawn('sh', ['-c', `sleep ${SURVIVES_SEC}; echo the survivor has ended`], {
        stdio: 'inherit',
        detached: true,
        env: { PATH: process.env.PATH },
      })
    if (play() === 'killed' || play() === 'survived') process.kill(process.pid, 'SIGKILL')
    if (play() === 'frozen') clearInterval(recording)
    if (play() === 'failing') setTimeout(fail, FRAME_MS * 3)
  }, FRAME_MS)
}

function roll(takeEpochMs: number, sources: RecorderRequest['sources']): NodeJS.Timeout {
  emit({ type: 'started', at: at(), takeEpochMs })
  for (const { id } of sources) emit({ type: 'source', at: at(), sourceId: id, state: 'live', error: null })
  for (let said = 0; said < Number(request?.metadata.warnings ?? 0); said += 1)
    emit({ type: 'warning', at: at(), error: { code: 'picture.black', message: 'as the script says' } })
  if ((request?.take ?? 0) <= Number(request?.metadata.due ?? 0))
    setInterval(() => emit({ type: 'handover-due', at: at(), why: 'max-take' }), FRAME_MS * 3)
  return setInterval(record, FRAME_MS)
}

/** A page's clock that is its machine's wall clock. */
function clock() {
  return { machine: 'this', offsetMs: Date.now() - Number(process.hrtime.bigint()) / 1e6 }
}

function handOver(command: RecorderCommand): void {
  if (command.type === 'handover.freeze-pacing' && command.isFrozen)
    setInterval(() => emit({ type: 'positions', clock: clock(), positions: [], recordedSec: segments * 2 }), FRAME_MS)
  if (command.type === 'handover.positions' && request?.metadata.next !== 'slow')
    setTimeout(() => emit({ type: 'ready', sources: [] }), Number(request?.metadata.readyMs ?? 0))
  if (command.type === 'handover.begin')
    setTimeout(() => roll(command.atMs, request?.sources ?? []), command.atMs - Date.now())
  if (command.type === 'handover.end') setTimeout(() => end('handed-over'), command.atMs - Date.now())
}

function record(): void {
  segments += 1
  emit({ type: 'segment', seq: segments, durationSec: 2, bytes: 1000, programDateTime: at(), latencyMs: 5 })
  const stats = { ...STATS, frames: segments * 50, segments }
  const { emptyRoomSec } = request?.metadata ?? {}
  const idle = emptyRoomSec === undefined ? {} : { idleForSec: { emptyRoomSec: Number(emptyRoomSec) } }
  emit({ type: 'stats', at: at(), stats, ...idle })
}

/** Another segment is stored after the take was given up, as by a recorder whose store is slow. */
function fail(): void {
  clearInterval(recording)
  const error = { code: 'page.crashed', message: 'as the script says' }
  emit({ type: 'failing', at: at(), error })
  setTimeout(record, LINGER_MS / 2)
  setTimeout(() => end('failed', error), LINGER_MS)
}

function handleCommand(command: RecorderCommand): void {
  const stopMs = command.type === 'stop' ? Number(request?.metadata.stopMs ?? 0) : 0
  if (stopMs > 0) setTimeout(() => carryOut(command), stopMs)
  else carryOut(command)
}

/** The answer comes when the service has long followed the take. */
function refuseLate(commandId: string): void {
  const error = { code: 'page.crashed', message: 'as the script says' }
  emit({ type: 'failing', at: at(), error })
  setTimeout(() => emit({ type: 'ack', commandId, error }), LINGER_MS / 5)
  setTimeout(() => end('failed', error), LINGER_MS)
}

function carryOut(command: RecorderCommand): void {
  const { refuse } = request?.metadata ?? {}
  if (play() === 'deaf') return
  if (play() === 'zombie' && command.type === 'layout') return refuseLate(command.commandId)
  const error = refuse === command.type ? { code: 'source.unsupported-media', message: 'as the script says' } : null
  emit({ type: 'ack', commandId: command.commandId, error })
  if (command.type === 'signals')
    console.log(JSON.stringify({ level: 'warn', msg: `signals ${JSON.stringify(command.signals)}` }))
  if (command.type === 'signals' && play() === 'told') fail()
  if (command.type === 'layout') console.log(JSON.stringify({ level: 'warn', msg: `layout ${command.layout.name}` }))
  if (command.type === 'cut') console.log(JSON.stringify({ level: 'debug', msg: `cut ${command.atMs ?? 'now'}` }))
  handOver(command)
  if (command.type === 'stop') end('stopped')
}

function end(reason: EndReason, error: ErrorInfo | null = null): void {
  if (play() === 'stubborn') return
  if (reason === 'stopped') emit({ type: 'finalizing', at: at() })
  const ended: RecorderEvent = {
    type: 'ended',
    at: at(),
    reason,
    durationSec: segments * 2,
    segments,
    bytes: segments * 1000,
    error,
  }
  process.send?.(ended, undefined, undefined, () => process.exit(0))
}
