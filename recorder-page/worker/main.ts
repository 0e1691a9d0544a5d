import { errorInfo, toAppError } from '../../src/protocol/app-error.ts'
import { assertNever } from '../../src/protocol/assert-never.ts'
import { nowMs, shiftClock } from '../clock.ts'
import { Stage } from '../compositor/index.ts'
import { loadFonts } from '../drawing/fonts.ts'
import type { SendPacket } from '../encode/index.ts'
import { PacketLink } from '../link/index.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { Take } from './take.ts'
import { type ForTake, TakeController } from './take-controller.ts'
import { WarmUp } from './warm-up.ts'

type Start = Extract<ToWorker, { type: 'start' }>

function tell(message: FromWorker): void {
  postMessage(message)
}

function fail(thrown: unknown): void {
  tell({ type: 'failed', error: errorInfo(toAppError(thrown, 'page.failed')) })
}

/** Trouble that the picture survives: a missing font, a board image that does not load. */
function warn(thrown: unknown): void {
  tell({ type: 'log', level: 'warn', message: String(thrown) })
}

function setStage({ video, layout, sources }: Start['settings']): Stage {
  const stage = new Stage(video, video.fps, layout)
  for (const source of sources) stage.addSource(source, nowMs())
  return stage
}

async function start(message: Start, stage: Stage): Promise<TakeController> {
  const { host, secret, settings, soundPort } = message
  const [link] = await Promise.all([
    PacketLink.open(host, secret, (reason) => fail(new Error(reason))),
    loadFonts().catch(warn),
  ])
  const send: SendPacket = (packet) => link.send(packet)
  const begin = await Take.prepare({ stage, settings, soundPort, tell, send, onFailed: fail, onTrouble: warn })
  const { handover, video } = settings
  const rehearsal = handover === null ? undefined : new WarmUp({ stage, fps: video.fps, gridMs: handover.gridMs, tell })
  tellMuted(stage)
  return new TakeController({ begin, rehearsal, link, onStopped: () => tell({ type: 'stopped' }) })
}

function show(stage: Stage, message: Exclude<ToWorker, Start | ForTake>): void {
  switch (message.type) {
    case 'frame':
      return stage.pushFrame(message.sourceId, message.frame, message.times)
    case 'levels':
      return stage.setLevels(message.levels, message.activeSource)
    case 'source.state':
      return stage.setSourceState(message.sourceId, message.state, message.atMs)
    case 'source.add':
      stage.addSource(message.source, nowMs())
      return tellMuted(stage)
    case 'source.update':
      stage.updateSource(message.sourceId, message.patch)
      return tellMuted(stage)
    case 'source.remove':
      return stage.removeSource(message.sourceId)
    case 'signals':
      if (stage.applySignals(message.signals)) tell({ type: 'layout', layout: stage.layout })
      return tellMuted(stage)
    case 'freeze-pacing':
      return message.isFrozen ? stage.freezePacing() : stage.unfreezePacing()
    case 'follow':
      return stage.followPacing(message.sourceId, message.dueMs, message)
    case 'layout':
      stage.setLayout(message.layout)
      return tell({ type: 'layout', layout: stage.layout })
    default:
      return assertNever(message)
  }
}

function tellMuted(stage: Stage): void {
  tell({ type: 'muted', sourceIds: stage.mutedSources })
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

let stage: Stage | undefined
let running: ReturnType<typeof start> | undefined

/** What is shown goes on stage at once, so that the first picture has it; what is for the take waits for it, in order. */
addEventListener('message', async ({ data: message }: MessageEvent<ToWorker>) => {
  try {
    if (message.type === 'start') {
      if (message.settings.handover !== null) shiftClock(message.settings.handover.clockShiftMs)
      stage = setStage(message.settings)
      running = start(message, stage)
      await running
    } else if (stage === undefined || running === undefined) {
      throw new Error(`The worker got \`${message.type}\` before \`start\``)
    } else if (isForTake(message)) await (await running).direct(message)
    else show(stage, message)
  } catch (thrown) {
    fail(thrown)
  }
})
