import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClipperEvent, ClipperRequest } from '../../src/protocol/index.ts'

/**
 * A child process that speaks the clip function's protocol. What it plays is the next line of `plays` in the store's
 * folder: `crash` and `killed` (after half of the clip is written beside its place), `fail` and `hopeless` (say so), `slow`, `hang`, or nothing. What
 * it was is a line of `played`.
 */
export interface Played {
  readonly play: string
  readonly highlightId: string
  readonly beginMs: number
  readonly endMs: number
  readonly nice: number
  /** Of its session (sched(7)), at its end; null where the kernel knows none. */
  readonly sessionNice: number | null
  readonly tmpdir: string
  /** How old the process was when it got its job. */
  readonly ageMs: number
  readonly secretsSeen: readonly string[]
}

const HALF_MS = 200
/** Longer than two processes of low priority take to start on a busy machine. */
const SLOW_MS = 1200
process.on('disconnect', () => process.exit(0))
process.once('message', (message) => void serve(message as ClipperRequest))

async function serve(request: ClipperRequest): Promise<void> {
  const { store, recordingId } = request.type === 'clip' ? request.clip : request.recap
  if (store.kind !== 'fs') throw new Error('a scripted clip function knows folders only')
  const play = nextPlay(store.path)
  const head = {
    play,
    highlightId: request.type === 'clip' ? request.clip.highlightId : request.recap.recapId,
    beginMs: Date.now(),
    nice: getPriority(),
    tmpdir: tmpdir(),
    ageMs: process.uptime() * 1000,
    secretsSeen: Object.keys(process.env).filter((name) => name.startsWith('PANOREC_')),
  }
  const note = () => {
    const played: Played = { ...head, sessionNice: readSessionNice(), endMs: Date.now() }
    appendFileSync(join(store.path, 'played'), `${JSON.stringify(played)}\n`)
  }
  writeFileSync(join(tmpdir(), 'half'), 'half a clip')
  await sleep(HALF_MS)
  if (play === 'slow') await sleep(SLOW_MS)
  if (play === 'hang') await sleep(60_000)
  note()
  if (play === 'killed') process.kill(process.pid, 'SIGKILL')
  if (play === 'crash') {
    console.error('boom: the last words')
    process.exit(7)
  }
  const failure = { fail: 'clip.wrong-media', hopeless: 'store.not-found' }[play]
  answer(failure === undefined ? cut() : { type: 'failed', error: { code: failure, message: 'as the script says' } })

  function cut(): ClipperEvent {
    if (request.type === 'recap') return { type: 'recap', result: { durationSec: 9, bytes: 99 } }
    const { highlightId, fromMs, toMs } = request.clip
    const folder = join((store as { path: string }).path, recordingId, 'highlights', highlightId)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, '.clip.tmp'), 'a clip')
    renameSync(join(folder, '.clip.tmp'), join(folder, 'clip.mp4'))
    const durationSec = (toMs - fromMs) / 1000
    const figures = { durationSec, frames: 1, bytes: 6, firstMs: fromMs, endMs: toMs, encodedFrames: 0 }
    return { type: 'clip', result: figures }
  }
}

function readSessionNice(): number | null {
  try {
    return Number(readFileSync('/proc/self/autogroup', 'utf8').split(' nice ')[1])
  } catch {
    return null
  }
}

/** Several processes may ask at once; tests that name different plays cut one clip at a time. */
function nextPlay(folder: string): string {
  const path = join(folder, 'plays')
  const [next = '', ...rest] = readLines(path)
  writeFileSync(path, rest.join('\n'))
  return next
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}

function answer(event: ClipperEvent): void {
  process.send?.(event, undefined, undefined, () => process.exit(0))
}
