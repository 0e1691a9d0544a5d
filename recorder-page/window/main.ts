import { errorInfo, toAppError } from '../../src/protocol/app-error.ts'
import { assertNever } from '../../src/protocol/assert-never.ts'
import type { FromPage, PageStart, ToPage } from '../../src/protocol/page-link.ts'
import type { SourceSpec } from '../../src/protocol/sources.ts'
import { nowMs, shiftClock, wallShiftMs } from '../clock.ts'
import { Follower } from '../handover/index.ts'
import { ControlLink } from '../link/index.ts'
import { ActiveSpeaker } from '../sound/index.ts'
import { isDecodable } from '../sources/decodable.ts'
import type { FromWorker, ToWorker } from '../worker/messages.ts'
import { AllPlayers } from './all-players.ts'
import type { ElementStage, ElementStageListener } from './element-stage.ts'

const secret = location.hash.slice(1)
const worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' })
let link: ControlLink
let settings: PageStart
let soundPort: MessagePort
/** Elements and their mix: opened for the first source that an element plays. */
let elements: Promise<ElementStage> | undefined
let follower: Follower | undefined
let isPacingFrozen = false
const players = new AllPlayers((sourceId, change) => sendToWorker({ type: 'steer', sourceId, change }))
const speaker = new ActiveSpeaker()
let activeSource: string | null = null

function sendToWorker(message: ToWorker, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer)
}

function sendToRecorder(message: FromPage): void {
  link.send(message)
}

function fail(thrown: unknown): void {
  sendToRecorder({ type: 'failed', error: errorInfo(toAppError(thrown, 'page.failed')) })
}

async function start(message: PageStart): Promise<void> {
  settings = message
  const clockShiftMs = settings.handover?.clockShiftMs ?? wallShiftMs()
  shiftClock(clockShiftMs)
  const sound = new MessageChannel()
  soundPort = sound.port1
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    handleWorker(data).catch(fail)
  }
  const byElement = settings.sources.filter(isByElement)
  for (const source of settings.sources) if (!isByElement(source)) players.addDecoded(source.id)
  if (settings.sourcePlayer === 'elements' || byElement.length > 0) openElements()
  sendToWorker({ type: 'start', host: location.host, secret, settings, clockShiftMs, soundPort: sound.port2 }, [
    sound.port2,
  ])
  for (const source of byElement) await playByElement(source)
  if (settings.handover !== null) follower = follow()
}

function isByElement(source: SourceSpec): boolean {
  return !isDecodable(source, settings.sourcePlayer)
}

/** Opens the mix of elements once; what plays in it is added later. */
function openElements(): Promise<ElementStage> {
  elements ??= loadElements({
    onState: (sourceId, state, error) => {
      sendToWorker({ type: 'source.state', sourceId, state, atMs: nowMs() })
      sendToRecorder({ type: 'source', sourceId, state, error })
    },
    onFrame: (sourceId, frame, times) => sendToWorker({ type: 'frame', sourceId, frame, times }, [frame]),
    onLog: (level, text, details) => {
      sendToRecorder({ type: 'log', level, message: text, ...(details === undefined ? {} : { details }) })
    },
    onLevels: (levels) => sendLevels(levels),
    onSoundClock: (reading) => sendToWorker({ type: 'sound-clock', reading }),
  })
  void elements.then((stage) => players.setElements(stage.players))
  return elements
}

/** Whoever has no source that an element plays does not load what it takes. */
async function loadElements(listener: ElementStageListener): Promise<ElementStage> {
  const { ElementStage } = await import('./element-stage.ts')
  return await ElementStage.open(soundPort, listener)
}

async function playByElement(source: SourceSpec): Promise<void> {
  const stage = await openElements()
  stage.players.add(source)
}

function follow(): Follower {
  return new Follower({
    players,
    nowMs,
    onAligned: (sourceId, mediaZeroMs, isMoved) => sendToWorker({ type: 'follow', sourceId, mediaZeroMs, isMoved }),
    onReady: (sources) => sendToRecorder({ type: 'ready', sources }),
  })
}

/** Positions are in the streams' own time, so that another page finds the same places. */
function sendPositions(mediaZeroMs: ReadonlyMap<string, number>): void {
  const positions = [...mediaZeroMs].flatMap(([sourceId, zeroMs]) => {
    const played = players.played(sourceId)
    return played === undefined ? [] : [{ sourceId, recordedMs: zeroMs - played.originMs }]
  })
  sendToRecorder({ type: 'positions', positions })
}

/** Where the worker mixes everything it finds the active speaker too. */
function sendLevels(levels: ReadonlyMap<string, number>): void {
  if (settings.sourcePlayer === 'decoders') return sendToWorker({ type: 'levels', levels, activeSource: null })
  const speaking = speaker.update(levels, nowMs())
  sendToWorker({ type: 'levels', levels, activeSource: speaking })
  if (speaking !== activeSource) sendToRecorder({ type: 'active-speaker', sourceId: speaking })
  activeSource = speaking
}

async function handleWorker(message: FromWorker): Promise<void> {
  const stage = await elements
  switch (message.type) {
    case 'tiles':
      return stage?.players.setTileSizes(message.sizes)
    case 'muted':
      return stage?.players.setMuted(message.sourceIds)
    case 'pacing':
      if (message.places !== undefined) players.setPlaces(message.places)
      stage?.setDelays(message.delaysMs)
      if (isPacingFrozen) sendPositions(message.mediaZeroMs)
      return
    case 'play-by-element':
      return players.removeDecoded(message.source.id) ? playByElement(message.source) : undefined
    case 'source':
    case 'active-speaker':
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
      return isByElement(message.source) ? playByElement(message.source) : players.addDecoded(message.source.id)
    case 'source.remove':
      sendToWorker(message)
      players.removeDecoded(message.sourceId)
      return (await elements)?.players.remove(message.sourceId)
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
      return (await elements)?.players[Symbol.asyncDispose]()
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
