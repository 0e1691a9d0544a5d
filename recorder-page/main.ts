import { errorInfo, toAppError } from '../src/protocol/app-error.ts'
import { assertNever } from '../src/protocol/assert-never.ts'
import type { FromPage, PageStart, ToPage } from '../src/protocol/page-link.ts'
import { nowMs } from './clock.ts'
import { ControlLink } from './link/index.ts'
import { ActiveSpeaker, Mixer } from './sound/index.ts'
import { SourceDesk } from './source-desk.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

const LEVELS_MS = 100
const SOUND_CLOCK_MS = 250

const secret = location.hash.slice(1)
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
let link: ControlLink
let desk: SourceDesk | undefined

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
  const sound = new MessageChannel()
  const opening = openDesk(settings, sound.port1)
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    opening.then((mixer) => handleWorker(data, mixer)).catch(fail)
  }
  tellWorker({ type: 'start', host: location.host, secret, settings, soundPort: sound.port2 }, [sound.port2])
  const mixer = await opening
  watchLevels(mixer)
  setInterval(() => tellWorker({ type: 'sound-clock', reading: mixer.readClock() }), SOUND_CLOCK_MS)
}

/** Opens the mix and all sources; the worker's messages wait for it. */
async function openDesk(settings: PageStart, soundPort: MessagePort): Promise<Mixer> {
  const mixer = await Mixer.open(soundPort)
  desk = new SourceDesk(mixer, {
    onState: (sourceId, state, error) => {
      tellWorker({ type: 'source.state', sourceId, state, atMs: nowMs() })
      tellRecorder({ type: 'source', sourceId, state, error })
    },
    onFrame: (sourceId, frame, mediaMs, presentMs) => {
      tellWorker({ type: 'frame', sourceId, frame, mediaMs, presentMs }, [frame])
    },
    onLog: (level, message, details) => {
      tellRecorder({ type: 'log', level, message, ...(details === undefined ? {} : { details }) })
    },
  })
  for (const source of settings.sources) desk.add(source)
  return mixer
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
    case 'picture-delays':
      for (const [sourceId, delayMs] of message.delaysMs) mixer.setDelay(sourceId, delayMs)
      return
    case 'started':
    case 'layout':
    case 'stats':
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
      return desk?.add(message.source)
    case 'source.remove':
      tellWorker(message)
      return desk?.remove(message.sourceId)
    case 'source.update':
    case 'signals':
    case 'layout':
    case 'cut':
      return tellWorker(message)
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
