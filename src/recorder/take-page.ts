import { needsLoudness } from '../highlights/rules/index.ts'
import type {
  FromPage,
  Handover,
  LoudnessReading,
  Packet,
  PageHandover,
  PageStats,
  RecorderRequest,
} from '../protocol/index.ts'
import type { EndingSwitch } from './ending.ts'
import type { Watchdog } from './health/watchdog.ts'
import { clockShiftMs } from './page/page-clock.ts'
import { createPageLink, type PageLink } from './page/page-link.ts'
import { createPausing, type Pausing } from './pausing.ts'
import type { RecorderIo } from './recorder-io.ts'

/** The page of a take as its recorder sees it: the link, what came over it, and the limit of the take's length. */
export interface TakePage {
  readonly link: PageLink
  readonly pausing: Pausing
  /** Resolves once `started` is emitted; never when no picture comes. */
  readonly started: Promise<void>
  readonly frames: () => { readonly frames: number; readonly droppedFrames: number }
  /** Whoever takes part in a hand-over hears what the page says of it. */
  onHandover(listener: (message: Extract<FromPage, { type: 'positions' | 'ready' }>) => void): void
  /** The take may still record so much, media seconds. */
  limitTo(maxDurationSec: number): void
  /** The page is about to end, so that the watchdog expects nothing of it. */
  rest(): void
  /** Tells the watchdog of every sign of life from now on. */
  watch(watchdog: Watchdog): void
}

export interface TakePageOptions {
  readonly request: RecorderRequest
  readonly io: RecorderIo
  readonly ending: EndingSwitch
  readonly onPacket: (packet: Packet) => void
  readonly onLoudness: (reading: LoudnessReading) => void
}

export function createTakePage({ request, io, ending, onPacket, onLoudness }: TakePageOptions): TakePage {
  const { sources, layout, video, audioBitrateKbps, segmentSec, highlights } = request
  const started = Promise.withResolvers<void>()
  let watchdog: Watchdog | undefined
  let stats: PageStats | undefined
  let frames = 0
  let announced = false
  let firstUs: number | undefined
  let failed = false
  let { maxDurationSec } = request
  let onHandover: Parameters<TakePage['onHandover']>[0] = () => {}
  void ending.ended.then(({ error }) => {
    failed = error !== null
  })

  /** False for pictures beyond the longest take: the recording ends with the frame before. */
  function isWithin(packet: Packet): boolean {
    const recordedUs = packet.timestampUs - pausing.pausedUs
    firstUs ??= recordedUs
    if (recordedUs - firstUs < maxDurationSec * 1e6) return true
    ending.end('max-duration')
    return false
  }

  /** After a failure the next take records: what a broken page still sends would be there twice. */
  function receivePacket(packet: Packet): void {
    if (failed) return
    if (packet.kind === 'video' || packet.kind === 'pause') {
      if (!announced) void announceStart()
      watchdog?.sawVideo()
      pausing.see(packet)
    }
    if (packet.kind === 'video') {
      if (!isWithin(packet)) return
      frames += 1
    }
    onPacket(packet)
  }

  async function announceStart(): Promise<void> {
    announced = true
    const takeEpochMs = await link.takeEpochMs
    io.emit({ type: 'started', at: new Date().toISOString(), takeEpochMs })
    started.resolve()
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
        watchdog?.sawStats(message.stats)
        break
      case 'positions':
      case 'ready':
        onHandover(message)
        break
      case 'loudness':
        onLoudness(message)
        break
      case 'pong':
        watchdog?.sawPong()
        break
    }
  }

  const link = createPageLink({
    start: async (page) => ({
      sources,
      layout,
      video,
      audioBitrateKbps,
      segmentSec,
      measureLoudness: needsLoudness(highlights.rules),
      isPaused: request.isPaused,
      handover: request.handover === null ? null : await pageHandover(request.handover, page),
    }),
    logger: io.logger,
    onPacket: receivePacket,
    onMessage: receiveMessage,
    onFailed: ending.fail,
  })
  const pausing = createPausing({
    isPaused: request.isPaused,
    send: link.send,
    emit: io.emit,
    takeEpochMs: link.takeEpochMs,
    watchdog: () => watchdog,
  })
  return {
    link,
    pausing,
    started: started.promise,
    frames: () => ({ frames, droppedFrames: (stats?.droppedFrames ?? 0) + (stats?.missedTicks ?? 0) }),
    onHandover(listener) {
      onHandover = listener
    },
    limitTo(sec) {
      maxDurationSec = sec
    },
    rest: () => watchdog?.rest(true),
    watch(dog) {
      watchdog = dog
    },
  }
}

async function pageHandover(
  { clock, takeEpochMs }: Handover,
  page: Pick<PageLink, 'measureClock'>,
): Promise<PageHandover> {
  return { clockShiftMs: clockShiftMs(await page.measureClock(), clock), gridMs: takeEpochMs }
}
