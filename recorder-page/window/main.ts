import { errorInfo, toAppError } from '../../src/protocol/app-error.ts'
import { assertNever } from '../../src/protocol/assert-never.ts'
import type { FromPage, PageStart, ToPage } from '../../src/protocol/page-link.ts'
import { nowMs, shiftClock } from '../clock.ts'
import { Follower } from '../handover/index.ts'
import { ControlLink } from '../link/index.ts'
import { ActiveSpeaker, Mixer } from '../sound/index.ts'
import type { FromWorker, ToWorker } from '../worker/messages.ts'
import { SourcePlayers } from './source-players.ts'

const LEVELS_MS = 100
const SOUND_CLOCK_MS = 250

const secret = location.hash.slice(1)
const worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' })
let link: ControlLink
let desk: SourcePlayers | undefined
let follower: Follower | undefined
let isPacingFrozen = false
/** The players are there: a source that comes or goes earlier waits for them. */
let opening: Promise<unknown> | undefined

function tellWorker(message: ToWorker, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer)
}

function tellRecorder(message: FromPage): void {
  link.send(message)
}

function fail(thrown: unknown): void {
  tellRecorder({ type: 'failed', error: errorInfo(toAppError(thrown, 'page.failed')) })
}

async function start(settings: PageStart): Promise<void> {
  if (settings.handover !== null) shiftClock(settings.handover.clockShiftMs)
  const sound = new MessageChannel()
  const opened = openDesk(settings, sound.port1)
  opening = opened
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    opened.then((mixer) => handleWorker(data, mixer)).catch(fail)
  }
  tellWorker({ type: 'start', host: location.host, secret, settings, soundPort: sound.port2 }, [sound.port2])
  const mixer = await opened
  watchLevels(mixer)
  setInterval(() => tellWorker({ type: 'sound-clock', reading: mixer.readClock() }), SOUND_CLOCK_MS)
}

/** Opens the mix and all sources; the worker's messages wait for it. */
async function openDesk(settings: PageStart, soundPort: MessagePort): Promise<Mixer> {
  const mixer = await Mixer.open(soundPort)
  desk = new SourcePlayers(mixer, {
    onState: (sourceId, state, error) => {
      tellWorker({ type: 'source.state', sourceId, state, atMs: nowMs() })
      tellRecorder({ type: 'source', sourceId, state, error })
    },
    onFrame: (sourceId, frame, times) => tellWorker({ type: 'frame', sourceId, frame, times }, [frame]),
    onLog: (level, message, details) => {
      tellRecorder({ type: 'log', level, message, ...(details === undefined ? {} : { details }) })
    },
  })
  for (const source of settings.sources) desk.add(source)
  if (settings.handover !== null) follower = follow(desk)
  return mixer
}

function follow(players: SourcePlayers): Follower {
  return new Follower({
    players,
    nowMs,
    onDue: (sourceId, dueMs, isMoved) => tellWorker({ type: 'follow', sourceId, dueMs, isMoved }),
    onReady: (sources) => tellRecorder({ type: 'ready', sources }),
  })
}

/** In the streams' own time, so that another page finds the same places. */
function tellPositions(dueMs: ReadonlyMap<string, number>): void {
  const positions = [...dueMs].flatMap(([sourceId, due]) => {
    const played = desk?.played(sourceId)
    return played === undefined ? [] : [{ sourceId, recordedMs: due - played.originMs }]
  })
  tellRecorder({ type: 'positions', positions })
}

function watchLevels(mixer: Mixer): void {
  const speaker = new ActiveSpeaker()
  let told: string | null = null
  setInterval(() => {
    const levels = mixer.levels()
    const activeSource = speaker.update(levels, nowMs())
    tellWorker({ type: 'levels', levels, activeSource })
    if (activeSource !== told) tellRecorder({ type: 'active-speaker', sourceId: activeSource })
    told = activeSource
  }, LEVELS_MS)
}

function handleWorker(message: FromWorker, mixer: Mixer): void {
  switch (message.type) {
    case 'tiles':
      return desk?.setTileSizes(message.sizes)
    case 'muted':
      return desk?.setMuted(message.sourceIds)
    case 'pacing':
      for (const [sourceId, delayMs] of message.delaysMs) mixer.setDelay(sourceId, delayMs)
      if (isPacingFrozen) tellPositions(message.dueMs)
      return
    case 'started':
    case 'layout':
    case 'stats':
    case 'loudness':
    case 'log':
    case 'failed':
    case 'stopped':
      return tellRecorder(message)
    default:
      return assertNever(message)
  }
}

async function handleRecorder(message: ToPage): Promise<void> {
  switch (message.type) {
    case 'start':
      return start(message)
    case 'source.add':
      tellWorker(message)
      await opening
      return desk?.add(message.source)
    case 'source.remove':
      tellWorker(message)
      await opening
      return desk?.remove(message.sourceId)
    case 'source.update':
    case 'signals':
    case 'layout':
    case 'cut':
    case 'pause':
    case 'resume':
      return tellWorker(message)
    case 'freeze-pacing':
      isPacingFrozen = message.isFrozen
      return tellWorker(message)
    case 'positions':
      return follower?.update(message.positions)
    case 'begin':
      follower?.[Symbol.dispose]()
      return tellWorker(message)
    case 'end':
      return tellWorker(message)
    case 'clock':
      return tellRecorder({ ...message, atMs: nowMs() })
    case 'ping':
      return tellRecorder({ type: 'pong', nonce: message.nonce })
    case 'stop':
      tellWorker(message)
      return desk?.[Symbol.asyncDispose]()
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
