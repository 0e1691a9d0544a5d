import { errorInfo, toAppError } from '../src/protocol/app-error.ts'
import { assertNever } from '../src/protocol/assert-never.ts'
import { nowMs } from './clock.ts'
import type { SendPacket } from './encode/index.ts'
import { PacketLink } from './link/index.ts'
import { loadFonts } from './scene/index.ts'
import { Take } from './take.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

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

async function start({ host, secret, settings, soundPort }: Start): Promise<{ take: Take; link: PacketLink }> {
  const [link] = await Promise.all([
    PacketLink.open(host, secret, (reason) => fail(new Error(reason))),
    loadFonts().catch(warn),
  ])
  const send: SendPacket = (packet) => link.send(packet)
  const take = await Take.start({ settings, soundPort, tell, send, onFailed: fail, onTrouble: warn })
  tell({ type: 'muted', sourceIds: take.stage.mutedSources })
  return { take, link }
}

function handle(take: Take, message: Exclude<ToWorker, { type: 'start' | 'stop' }>): void {
  const { stage } = take
  switch (message.type) {
    case 'frame':
      return stage.pushFrame(message.sourceId, message.frame, message.mediaMs, message.presentMs)
    case 'levels':
      return stage.setLevels(message.levels, message.activeSource)
    case 'sound-clock':
      return take.addSoundClock(message.reading)
    case 'source.state':
      return stage.setSourceState(message.sourceId, message.state, message.atMs)
    case 'source.add':
      stage.addSource(message.source, nowMs())
      return tellMuted(take)
    case 'source.update':
      stage.updateSource(message.sourceId, message.patch)
      return tellMuted(take)
    case 'source.remove':
      return stage.removeSource(message.sourceId)
    case 'signals':
      if (stage.applySignals(message.signals)) tell({ type: 'layout', layout: stage.layout })
      return tellMuted(take)
    case 'layout':
      stage.setLayout(message.layout)
      return tell({ type: 'layout', layout: stage.layout })
    case 'cut':
      return take.cut()
    default:
      return assertNever(message)
  }
}

function tellMuted({ stage }: Take): void {
  tell({ type: 'muted', sourceIds: stage.mutedSources })
}

let running: ReturnType<typeof start> | undefined

/** Messages that come while the take starts wait for it, in order. */
addEventListener('message', async ({ data: message }: MessageEvent<ToWorker>) => {
  try {
    if (message.type === 'start') running = start(message)
    if (running === undefined) throw new Error(`The worker got \`${message.type}\` before \`start\``)
    const { take, link } = await running
    if (message.type === 'stop') {
      await take.finish()
      await link.close()
      tell({ type: 'stopped' })
    } else if (message.type !== 'start') handle(take, message)
  } catch (thrown) {
    fail(thrown)
  }
})
