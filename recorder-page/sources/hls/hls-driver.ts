import Hls, { type ErrorData, type LevelDetails } from 'hls.js'
import type { HlsSource } from '../../../src/protocol/sources.ts'
import { after, delay } from '../../../src/timing/index.ts'
import { emptyElement, keepPlaying } from '../driver/keep-playing.ts'
import type { FrameReport, SourceContext, SourceDriver } from '../driver/source-driver.ts'
import type { StreamPosition } from '../driver/stream-position.ts'
import type { TileSize } from '../driver/tile-size.ts'
import type { FrameTimes } from '../frames/frame-tap.ts'
import { HLS_CONFIG } from './hls-config.ts'
import { planLevelCap } from './hls-level.ts'
import { HlsOutage } from './hls-outage.ts'
import { probeLive } from './hls-probe.ts'
import { type HlsFault, planHlsRetry, type RecoveryAction } from './hls-recovery.ts'
import { isRestarted, type PlaylistPosition, ReplayWatch, StuckWatch } from './hls-watchdog.ts'

/** The polling interval of an ended live stream that may begin again: with loading and three segments it is back in 5 s. */
const PROBE_EVERY_MS = 1000
/** Timestamps of MPEG-TS begin anew after 33 bits of 90 kHz (ISO/IEC 13818-1 §2.4.3.7). */
const PTS_PERIOD_MS = 2 ** 33 / 90

/** A live (or on-demand) HLS stream played by hls.js close to its live edge. */
export class HlsDriver implements SourceDriver {
  #context: SourceContext<HlsSource>
  #abort = new AbortController()
  #hls: Hls
  #tile: TileSize | null = null
  #wasLive = false
  #position: PlaylistPosition | null = null
  #outage = new HlsOutage()
  #replay = new ReplayWatch()
  #stuck = new StuckWatch(performance.now())
  /** The recovery that is scheduled; until it runs, further errors of the same outage change nothing. */
  #scheduled: Disposable | null = null
  #waitingForRestart = false
  /** The stream's own time at the element's time zero, for each stretch between discontinuities. */
  #origins = new Map<number, number>()
  #stretch: number | undefined

  constructor(context: SourceContext<HlsSource>) {
    this.#context = context
    context.element.addEventListener('ended', () => this.#onEnded(), { signal: this.#abort.signal })
    this.#hls = this.#build()
  }

  setTileSize(size: TileSize): void {
    if (size.width === this.#tile?.width && size.height === this.#tile.height) return
    this.#tile = size
    this.#capLevel()
  }

  readonly canSeek = true

  positionOf({ mediaMs, origin }: FrameTimes): StreamPosition | undefined {
    const stretch = origin?.stretch ?? this.#stretch
    const originMs = stretch === undefined ? undefined : this.#origins.get(stretch)
    if (originMs === undefined) return undefined
    return { ms: mediaMs - (origin?.shiftMs ?? 0) + originMs, periodMs: PTS_PERIOD_MS }
  }

  seek(toSec: number): void {
    this.#replay = new ReplayWatch()
    this.#context.element.currentTime = toSec
  }

  tick({ nowMs, quietMs }: FrameReport): void {
    const { element } = this.#context
    if (element.ended) return
    keepPlaying(element)
    this.#outage.onFrames(nowMs, quietMs)
    const playingDate = this.#hls.playingDate
    if (this.#wasLive && playingDate && this.#replay.isReplayed(playingDate.getTime()))
      this.#rebuild('The HLS player shows old pictures again; it is opened anew.')
    else if (this.#scheduled === null && this.#stuck.isStuck(nowMs, quietMs))
      this.#rebuild('The HLS player shows no picture and no reason for it; it is opened anew.')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    this.#cancelScheduled()
    this.#hls.destroy()
    emptyElement(this.#context.element)
  }

  #build(): Hls {
    const { element, spec } = this.#context
    // A live stream resumes at its edge, any other where it was.
    const startPosition = this.#wasLive || element.currentTime === 0 ? -1 : element.currentTime
    const hls = new Hls({ ...HLS_CONFIG, ...this.#context.hls, startPosition })
    hls.on(Hls.Events.ERROR, (_, data) => this.#onError(data))
    hls.on(Hls.Events.MANIFEST_PARSED, () => this.#capLevel())
    hls.on(Hls.Events.LEVEL_LOADED, (_, { details, level }) => this.#onPlaylist(details, level))
    this.#origins.clear()
    hls.on(Hls.Events.INIT_PTS_FOUND, (_, { id, frag, initPTS, timescale }) => {
      if (id === 'main') this.#origins.set(frag.cc, (initPTS * 1000) / timescale)
    })
    hls.on(Hls.Events.FRAG_CHANGED, (_, { frag }) => {
      this.#stretch = frag.cc
    })
    hls.loadSource(spec.url)
    hls.attachMedia(element)
    return hls
  }

  #rebuild(reason: string): void {
    this.#context.listener.onLog('warn', reason)
    this.#cancelScheduled()
    this.#hls.destroy()
    this.#position = null
    this.#replay = new ReplayWatch()
    this.#stuck = new StuckWatch(performance.now())
    this.#hls = this.#build()
  }

  #capLevel(): void {
    this.#hls.autoLevelCapping = planLevelCap(this.#hls.levels, this.#tile)
  }

  #onPlaylist(details: LevelDetails, level: number): void {
    const previous = this.#position
    this.#position = position(details, level)
    this.#stuck.onPlaylist(performance.now(), details.endSN)
    if (!details.live) return
    this.#wasLive = true
    // Not inside hls.js' event handler: hls.js still processes the playlist after this call.
    if (previous && isRestarted(previous, this.#position)) queueMicrotask(() => this.#rebuildUnlessDisposed())
  }

  #rebuildUnlessDisposed(): void {
    if (!this.#abort.signal.aborted)
      this.#rebuild('The HLS playlist began again with an old media sequence number; the player is opened anew.')
  }

  #onError(data: ErrorData): void {
    const { status, listener } = this.#context
    const nowMs = performance.now()
    this.#stuck.onError(nowMs)
    const { action, afterMs, error } = planHlsRetry(faultFrom(data), this.#outage.history(nowMs))
    const details = { code: error.code, received: error.received, hls: data.details, action }
    listener.onLog(status.trouble(error) ? 'warn' : 'debug', error.message, details)
    if (action === 'none' || this.#scheduled !== null) return
    if (action === 'recover-media') this.#outage.countMediaRecovery()
    this.#scheduled = after(afterMs, () => this.#recover(action))
  }

  #recover(action: RecoveryAction): void {
    this.#scheduled = null
    if (action === 'start-load') this.#hls.startLoad()
    else if (action === 'load-source') this.#hls.loadSource(this.#context.spec.url)
    else if (action === 'recover-media') this.#recoverMedia()
    else if (action === 'rebuild') this.#rebuild('The HLS player is opened anew.')
  }

  #recoverMedia(): void {
    this.#hls.recoverMediaError()
    // A fatal error also stopped the reloading of the playlist; only `startLoad` resumes it.
    this.#hls.startLoad()
  }

  #cancelScheduled(): void {
    this.#scheduled?.[Symbol.dispose]()
    this.#scheduled = null
  }

  #onEnded(): void {
    this.#context.status.end()
    if (this.#wasLive && !this.#waitingForRestart) void this.#waitForRestart()
  }

  /** Waits for an ended live source to begin again at the same URL, without playing its old playlist meanwhile. */
  async #waitForRestart(): Promise<void> {
    const { signal } = this.#abort
    this.#waitingForRestart = true
    this.#cancelScheduled()
    this.#hls.stopLoad()
    do await delay(PROBE_EVERY_MS, { signal })
    while (!signal.aborted && !(await probeLive(this.#context.spec.url, signal)))
    this.#waitingForRestart = false
    if (!signal.aborted) this.#rebuild('The HLS stream began again after its end; the player is opened anew.')
  }
}

function position(details: LevelDetails, level: number): PlaylistPosition {
  const startDateMs = details.fragments[0]?.programDateTime ?? null
  const { startSN: startSn, endSN: endSn, targetduration: targetDurationSec } = details
  return { level, startSn, endSn, startDateMs, targetDurationSec }
}

const FAULT_TYPES: Readonly<Record<string, HlsFault['type']>> = {
  networkError: 'network',
  mediaError: 'media',
  keySystemError: 'key-system',
}

function faultFrom(data: ErrorData): HlsFault {
  return {
    type: FAULT_TYPES[data.type] ?? 'other',
    details: data.details,
    fatal: data.fatal,
    status: data.response?.code ?? 0,
    message: data.error.message,
  }
}
