import { errorInfo, toAppError } from '../../src/protocol/app-error.ts'
import { assertNever } from '../../src/protocol/assert-never.ts'
import type { FromPage, PageStart, ToPage } from '../../src/protocol/page-link.ts'
import { repeat } from '../../src/timing/index.ts'
import { nowMs, shiftClock } from '../clock.ts'
import { Follower } from '../handover/index.ts'
import { ControlLink } from '../link/index.ts'
import { ActiveSpeaker, Mixer } from '../sound/index.ts'
import type { FromWorker, ToWorker } from '../worker/messages.ts'
import { SourcePlayers } from './source-players.ts'

const LEVELS_EVERY_MS = 100
const SOUND_CLOCK_EVERY_MS = 250

const secret = location.hash.slice(1)
const worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' })
let link: ControlLink
let players: SourcePlayers | undefined
let follower: Follower | undefined
let isPacingFrozen = false
/** Resolves when the players are open: a source that is added or removed earlier waits for them. */
let opening: Promise<unknown> | undefined

function sendToWorker(message: ToWorker, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer)
}

function sendToRecorder(message: FromPage): void {
  link.send(message)
}

function fail(thrown: unknown): void {
  sendToRecorder({ type: 'failed', error: errorInfo(toAppError(thrown, 'page.failed')) })
}

async function start(settings: PageStart): Promise<void> {
  if (settings.handover !== null) shiftClock(settings.handover.clockShiftMs)
  const sound = new MessageChannel()
  const opened = openPlayers(settings, sound.port1)
  opening = opened
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    opened.then((mixer) => handleWorker(data, mixer)).catch(fail)
  }
  sendToWorker({ type: 'start', host: location.host, secret, settings, soundPort: sound.port2 }, [sound.port2])
  const mixer = await opened
  sendLevels(mixer)
  repeat({
    everyMs: SOUND_CLOCK_EVERY_MS,
    work: () => sendToWorker({ type: 'sound-clock', reading: mixer.readClock() }),
  })
}

/** Opens the mix and all sources; the handling of the worker's messages waits for it. */
async function openPlayers(settings: PageStart, soundPort: MessagePort): Promise<Mixer> {
  const mixer = await Mixer.open(soundPort)
  players = new SourcePlayers(mixer, {
    onState: (sourceId, state, error) => {
      sendToWorker({ type: 'source.state', sourceId, state, atMs: nowMs() })
      sendToRecorder({ type: 'source', sourceId, state, error })
    },
    onFrame: (sourceId, frame, times) => sendToWorker({ type: 'frame', sourceId, frame, times }, [frame]),
    onLog: (level, message, details) => {
      sendToRecorder({ type: 'log', level, message, ...(details === undefined ? {} : { details }) })
    },
  })
  for (const source of settings.sources) players.add(source)
  if (settings.handover !== null) follower = follow(players)
  return mixer
}

function follow(followed: SourcePlayers): Follower {
  return new Follower({
    players: followed,
    nowMs,
    onAligned: (sourceId, mediaZeroMs, isMoved) => sendToWorker({ type: 'follow', sourceId, mediaZeroMs, isMoved }),
    onReady: (sources) => sendToRecorder({ type: 'ready', sources }),
  })
}

/** Positions are in the streams' own time, so that another page finds the same places. */
function sendPositions(mediaZeroMs: ReadonlyMap<string, number>): void {
  const positions = [...mediaZeroMs].flatMap(([sourceId, zeroMs]) => {
    const played = players?.played(sourceId)
    return played === undefined ? [] : [{ sourceId, recordedMs: zeroMs - played.originMs }]
  })
  sendToRecorder({ type: 'positions', positions })
}

function sendLevels(mixer: Mixer): void {
  const speaker = new ActiveSpeaker()
  let sent: string | null = null
  repeat({
    everyMs: LEVELS_EVERY_MS,
    work() {
      const levels = mixer.levels()
      const activeSource = speaker.update(levels, nowMs())
      sendToWorker({ type: 'levels', levels, activeSource })
      if (activeSource !== sent) sendToRecorder({ type: 'active-speaker', sourceId: activeSource })
      sent = activeSource
    },
  })
}

function handleWorker(message: FromWorker, mixer: Mixer): void {
  switch (message.type) {
    case 'tiles':
      return players?.setTileSizes(message.sizes)
    case 'muted':
      return players?.setMuted(message.sourceIds)
    case 'pacing':
      for (const [sourceId, delayMs] of message.delaysMs) mixer.setDelay(sourceId, delayMs)
      if (isPacingFrozen) sendPositions(message.mediaZeroMs)
      return
    case 'started':
    case 'layout':
    case 'stats':
    case 'loudness':
    case 'log':
    case 'failed':
    case 'stopped':
      return sendToRecorder(message)
    default:
      return assertNever(message)
  }
}

async function handleRecorder(message: ToPage): Promise<void> {
  switch (message.type) {
    case 'start':
      return start(message)
    case 'source.add':
      sendToWorker(message)
      await opening
      return players?.add(message.source)
    case 'source.remove':
      sendToWorker(message)
      await opening
      return players?.remove(message.sourceId)
    case 'source.update':
    case 'signals':
    case 'layout':
    case 'cut':
    case 'pause':
    case 'resume':
      return sendToWorker(message)
    case 'freeze-pacing':
      isPacingFrozen = message.isFrozen
      return sendToWorker(message)
    case 'positions':
      return follower?.update(message.positions)
    case 'begin':
      follower?.[Symbol.dispose]()
      return sendToWorker(message)
    case 'end':
      return sendToWorker(message)
    case 'clock':
      return sendToRecorder({ ...message, atMs: nowMs() })
    case 'ping':
      return sendToRecorder({ type: 'pong', nonce: message.nonce })
    case 'stop':
      sendToWorker(message)
      return players?.[Symbol.asyncDispose]()
    default:
      return assertNever(message)
  }
}

addEventListener('error', (event) => fail(event.error ?? event.message))
addEventListener('unhandledrejection', (event) => fail(event.reason))
worker.onerror = (event) => fail(new Error(`The page's worker failed: ${event.message}`))
link = await ControlLink.open(secret, (message) => {
  handleRecorder(message).catch(fail)
})
