import { needsLoudness } from '../highlights/rules/index.ts'
import {
  DEFAULT_COMPOSITOR,
  DEFAULT_SOURCE_PLAYER,
  type FromPage,
  type Handover,
  type LoudnessReading,
  type Packet,
  type PageHandover,
  type PageStart,
  type PageStats,
  type RecorderRequest,
} from '../protocol/index.ts'
import type { Watchdog } from './health/watchdog.ts'
import { clockShiftMs, PageLink } from './page/index.ts'
import type { RecorderIo } from './recorder-io.ts'
import type { EndingSwitch } from './take-ending.ts'
import { TakePauses } from './take-pauses.ts'

interface TakePageOptions {
  readonly request: RecorderRequest
  readonly io: RecorderIo
  readonly ending: EndingSwitch
  readonly onPacket: (packet: Packet) => void
  readonly onLoudness: (reading: LoudnessReading) => void
}

type HandoverMessage = Extract<FromPage, { type: 'positions' | 'ready' }>

/** A take's page: the link, what came over it, and the limit of the take's length. */
export class TakePage {
  readonly link: PageLink
  readonly pauses: TakePauses
  readonly #options: TakePageOptions
  readonly #started = Promise.withResolvers<void>()
  #maxDurationSec: number
  #watchdog: Watchdog | undefined
  #stats: PageStats | undefined
  #frames = 0
  #firstUs: number | undefined
  #isAnnounced = false
  #hasFailed = false
  #onHandover: (message: HandoverMessage) => void = () => {}

  constructor(options: TakePageOptions) {
    const { request, io, ending } = options
    this.#options = options
    this.#maxDurationSec = request.maxDurationSec
    void ending.ended.then(({ error }) => {
      this.#hasFailed = error !== null
    })
    this.link = new PageLink({
      start: (link) => pageStart(request, link),
      logger: io.logger,
      onPacket: (packet) => this.#onPacket(packet),
      onMessage: (message) => this.#onMessage(message),
      onFailed: ending.fail,
    })
    this.pauses = new TakePauses({
      isPaused: request.isPaused,
      send: (message) => this.link.send(message),
      emit: io.emit,
      takeEpochMs: this.link.takeEpochMs,
      watchdog: () => this.#watchdog,
    })
  }

  /** Resolves once `started` is emitted; never when no picture comes. */
  get started(): Promise<void> {
    return this.#started.promise
  }

  get frames(): { readonly frames: number; readonly droppedFrames: number } {
    const { droppedFrames = 0, missedTicks = 0 } = this.#stats ?? {}
    return { frames: this.#frames, droppedFrames: droppedFrames + missedTicks }
  }

  /** Sets the one listener for what the page reports in a hand-over. */
  onHandover(listener: (message: HandoverMessage) => void): void {
    this.#onHandover = listener
  }

  /** Sets how much the take may record in all, media seconds. */
  limitTo(maxDurationSec: number): void {
    this.#maxDurationSec = maxDurationSec
  }

  /** The page is about to end, so that its silence is no failure. */
  expectNoPictures(): void {
    this.#watchdog?.setPaused(true)
  }

  /** Passes every sign of life to the watchdog from now on. */
  watchWith(watchdog: Watchdog): void {
    this.#watchdog = watchdog
  }

  /** Drops packets after a failure: the next take records, and what a broken page still sends would be there twice. */
  #onPacket(packet: Packet): void {
    if (this.#hasFailed) return
    if (packet.kind === 'video' || packet.kind === 'pause') {
      if (!this.#isAnnounced) void this.#announceStart()
      this.#watchdog?.onVideo()
      this.pauses.onPacket(packet)
    }
    if (packet.kind === 'video') {
      if (!this.#isWithinLimit(packet)) return
      this.#frames += 1
    }
    this.#options.onPacket(packet)
  }

  /** False for pictures beyond the longest take: the recording ends with the frame before. */
  #isWithinLimit(packet: Packet): boolean {
    const recordedUs = packet.timestampUs - this.pauses.pausedUs
    this.#firstUs ??= recordedUs
    if (recordedUs - this.#firstUs < this.#maxDurationSec * 1e6) return true
    this.#options.ending.end('max-duration')
    return false
  }

  async #announceStart(): Promise<void> {
    this.#isAnnounced = true
    const takeEpochMs = await this.link.takeEpochMs
    this.#options.io.emit({ type: 'started', at: new Date().toISOString(), takeEpochMs })
    this.#started.resolve()
  }

  #onMessage(message: FromPage): void {
    const { io, onLoudness } = this.#options
    const at = new Date().toISOString()
    switch (message.type) {
      case 'source':
        return io.emit({ type: 'source', at, sourceId: message.sourceId, state: message.state, error: message.error })
      case 'layout':
        return io.emit({ type: 'layout', at, layout: message.layout })
      case 'stats':
        this.#stats = message.stats
        return this.#watchdog?.onStats(message.stats)
      case 'positions':
      case 'ready':
        return this.#onHandover(message)
      case 'loudness':
        return onLoudness(message)
      case 'pong':
        return this.#watchdog?.onPong()
    }
  }
}

async function pageStart(request: RecorderRequest, link: Pick<PageLink, 'measureClock'>): Promise<PageStart> {
  const { sources, layout, video, audioBitrateKbps, segmentSec, highlights, isPaused, handover } = request
  return {
    sources,
    layout,
    video,
    audioBitrateKbps,
    segmentSec,
    compositor: request.compositor ?? DEFAULT_COMPOSITOR,
    measureLoudness: needsLoudness(highlights.rules),
    isPaused,
    sourcePlayer: request.sourcePlayer ?? DEFAULT_SOURCE_PLAYER,
    handover: handover === null ? null : await pageHandover(handover, link),
  }
}

async function pageHandover(
  { clock, takeEpochMs }: Handover,
  link: Pick<PageLink, 'measureClock'>,
): Promise<PageHandover> {
  return { clockShiftMs: clockShiftMs(await link.measureClock(), clock), gridMs: takeEpochMs }
}
