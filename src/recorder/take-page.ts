import type { FromPage, Packet, PageStats, RecorderRequest } from '../protocol/index.ts'
import type { EndingSwitch } from './ending.ts'
import { createPageLink, type PageLink } from './page-link.ts'
import type { RecorderIo } from './recorder-io.ts'
import type { Watchdog } from './watchdog.ts'

/** The page of a take as its recorder sees it: the link, what came over it, and the limit of the take's length. */
export interface TakePage {
  readonly link: PageLink
  readonly frames: () => { readonly frames: number; readonly droppedFrames: number }
  /** Tells the watchdog of every sign of life from now on. */
  watch(watchdog: Watchdog): void
}

export interface TakePageOptions {
  readonly request: RecorderRequest
  readonly io: RecorderIo
  readonly ending: EndingSwitch
  readonly onPacket: (packet: Packet) => void
}

export function createTakePage({ request, io, ending, onPacket }: TakePageOptions): TakePage {
  const { sources, layout, video, audioBitrateKbps, segmentSec } = request
  let watchdog: Watchdog | undefined
  let stats: PageStats | undefined
  let frames = 0
  let firstUs: number | undefined

  /** False for pictures beyond the longest take: the recording ends with the frame before. */
  function isWithin(packet: Packet): boolean {
    firstUs ??= packet.timestampUs
    if (packet.timestampUs - firstUs < request.maxDurationSec * 1e6) return true
    ending.end('max-duration')
    return false
  }

  function receivePacket(packet: Packet): void {
    if (packet.kind === 'video') {
      if (firstUs === undefined) void announceStart()
      watchdog?.sawVideo()
      if (!isWithin(packet)) return
      frames += 1
    }
    onPacket(packet)
  }

  async function announceStart(): Promise<void> {
    const takeEpochMs = await link.takeEpochMs
    io.emit({ type: 'started', at: new Date().toISOString(), takeEpochMs })
  }

  function receiveMessage(message: FromPage): void {
    const at = new Date().toISOString()
    switch (message.type) {
      case 'source':
        io.emit({ type: 'source', at, sourceId: message.sourceId, state: message.state, error: message.error })
        break
      case 'layout':
        io.emit({ type: 'layout', at, layout: message.layout })
        break
      case 'stats':
        stats = message.stats
        break
      case 'pong':
        watchdog?.sawPong()
        break
    }
  }

  const link = createPageLink({
    start: { sources, layout, video, audioBitrateKbps, segmentSec },
    logger: io.logger,
    onPacket: receivePacket,
    onMessage: receiveMessage,
    onFailed: ending.fail,
  })
  return {
    link,
    frames: () => ({ frames, droppedFrames: (stats?.droppedFrames ?? 0) + (stats?.missedTicks ?? 0) }),
    watch(started) {
      watchdog = started
    },
  }
}
