import { errorInfo, toAppError } from '../../src/protocol/app-error.ts'
import { assertNever } from '../../src/protocol/assert-never.ts'
import { nowMs, shiftClock } from '../clock.ts'
import { LiveScene } from '../compositor/index.ts'
import { loadFonts } from '../drawing/fonts.ts'
import type { SendPacket } from '../encode/index.ts'
import { PacketLink } from '../link/index.ts'
import type { SoundBlock } from '../sound/capture-worklet.ts'
import { isDecodable } from '../sources/decodable.ts'
import type { DecodedSources } from './decoded-sources.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { type SoundTap, Take } from './take.ts'
import { type ForTake, TakeController } from './take-controller.ts'
import { WarmUp } from './warm-up.ts'

type Start = Extract<ToWorker, { type: 'start' }>

function send(message: FromWorker): void {
  if (message.type === 'tiles') decoded?.setTileSizes(message.sizes)
  const isPacing = message.type === 'pacing' && decoded !== undefined
  postMessage(isPacing ? { ...message, places: decoded?.places } : message)
}

function fail(thrown: unknown): void {
  send({ type: 'failed', error: errorInfo(toAppError(thrown, 'page.failed')) })
}

/** Logs an error that the picture survives: a missing font, a board image that does not load. */
function warn(thrown: unknown): void {
  send({ type: 'log', level: 'warn', message: String(thrown) })
}

/** Loaded with the page, which may wait for its take: nothing of it depends on that. */
const fonts = loadFonts()
fonts.catch(() => {})

function openScene({ video, layout, sources }: Start['settings']): LiveScene {
  const scene = new LiveScene(video, video.fps, layout)
  for (const source of sources) scene.addSource(source, nowMs())
  return scene
}

/** The mix: of decoded sources and elements in this worker, or of elements alone as it comes from their audio context. */
async function openSound({ settings, soundPort }: Start, scene: LiveScene): Promise<SoundTap> {
  const sound: SoundTap = { onBlock: undefined }
  // It has a handler from the beginning: without one the sound of before the take would queue up and come all at once.
  if (settings.sourcePlayer === 'elements') {
    soundPort.onmessage = ({ data }: MessageEvent<SoundBlock>) => sound.onBlock?.(data)
    return sound
  }
  opening = openDecoded(scene, sound)
  decoded = await opening
  soundPort.onmessage = ({ data }: MessageEvent<SoundBlock>) => decoded?.addElementSound(data)
  for (const source of settings.sources) if (isDecodable(source, settings.sourcePlayer)) decoded.add(source)
  return sound
}

/** Whoever has no source to decode does not load what it takes. */
async function openDecoded(scene: LiveScene, sound: SoundTap): Promise<DecodedSources> {
  const { DecodedSources } = await import('./decoded-sources.ts')
  return new DecodedSources({ scene, send, onBlock: (block) => sound.onBlock?.(block) })
}

async function start(message: Start, scene: LiveScene): Promise<TakeController> {
  const { host, secret, settings } = message
  const [sound, link] = await Promise.all([
    openSound(message, scene),
    PacketLink.open(host, secret, (reason) => fail(new Error(reason))),
    fonts.catch(warn),
  ])
  const sendPacket: SendPacket = (packet) => link.send(packet)
  const begin = await Take.prepare({
    scene,
    settings,
    sound,
    send,
    sendPacket,
    onFailed: fail,
    onWarning: warn,
  })
  const { handover, video } = settings
  const warmUp = handover === null ? undefined : new WarmUp({ scene, fps: video.fps, gridMs: handover.gridMs, send })
  sendMuted(scene)
  const controller = new TakeController({ begin, warmUp, link, onStopped })
  if (decoded !== undefined) await controller.handle({ type: 'sound-clock', reading: decoded.soundClock })
  return controller
}

function onStopped(): void {
  send({ type: 'stopped' })
  decoded?.[Symbol.asyncDispose]().catch(warn)
}

/** Messages for the sources that are decoded here. True when nobody else needs it. */
function changeDecoded(sources: DecodedSources, message: Exclude<ToWorker, Start>): boolean {
  switch (message.type) {
    case 'steer':
      sources.steer(message.sourceId, message.change)
      return true
    case 'levels':
      sources.setElementLevels(message.levels)
      return true
    case 'sound-clock':
      sources.addElementReading(message.reading)
      return true
    case 'source.add':
      if (isDecodable(message.source, 'decoders')) sources.add(message.source)
      return false
    case 'source.remove':
      sources.remove(message.sourceId).catch(fail)
      return false
    default:
      return false
  }
}

function changeScene(scene: LiveScene, message: Exclude<ToWorker, Start | ForTake>): void {
  switch (message.type) {
    case 'frame':
      return scene.pushFrame(message.sourceId, message.frame, message.times)
    case 'levels':
      return scene.setLevels(message.levels, message.activeSource)
    case 'source.state':
      return scene.setSourceState(message.sourceId, message.state, message.atMs)
    case 'source.add':
      scene.addSource(message.source, nowMs())
      return sendMuted(scene)
    case 'source.update':
      scene.updateSource(message.sourceId, message.patch)
      return sendMuted(scene)
    case 'source.remove':
      return scene.removeSource(message.sourceId)
    case 'signals':
      if (scene.applySignals(message.signals)) send({ type: 'layout', layout: scene.layout })
      return sendMuted(scene)
    case 'freeze-pacing':
      return message.isFrozen ? scene.freezePacing() : scene.unfreezePacing()
    case 'steer':
      return
    case 'follow':
      return scene.followPacing(message.sourceId, message.mediaZeroMs, message)
    case 'layout':
      scene.setLayout(message.layout)
      return send({ type: 'layout', layout: scene.layout })
    default:
      return assertNever(message)
  }
}

function sendMuted(scene: LiveScene): void {
  decoded?.setMuted(scene.mutedSources)
  send({ type: 'muted', sourceIds: scene.mutedSources })
}

const FOR_TAKE: ReadonlySet<string> = new Set([
  'sound-clock',
  'cut',
  'pause',
  'resume',
  'begin',
  'end',
  'stop',
] satisfies ForTake['type'][])

function isForTake(message: Exclude<ToWorker, Start>): message is ForTake {
  return FOR_TAKE.has(message.type)
}

let scene: LiveScene | undefined
/** The sources that are decoded here; undefined where elements play all. */
let decoded: DecodedSources | undefined
let opening: Promise<DecodedSources> | undefined
let running: ReturnType<typeof start> | undefined

/** Changes of the scene are applied as soon as the sources can be decoded, so that the first picture has them; messages for the take wait for it, in order. */
addEventListener('message', async ({ data: message }: MessageEvent<ToWorker>) => {
  try {
    if (opening !== undefined) await opening
    if (message.type === 'start') {
      shiftClock(message.clockShiftMs)
      scene = openScene(message.settings)
      running = start(message, scene)
      await running
    } else if (scene === undefined || running === undefined) {
      throw new Error(`The worker got \`${message.type}\` before \`start\``)
    } else if (decoded !== undefined && changeDecoded(decoded, message)) return
    else if (isForTake(message)) await (await running).handle(message)
    else changeScene(scene, message)
  } catch (thrown) {
    fail(thrown)
  }
})
