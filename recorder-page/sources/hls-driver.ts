import Hls, { type ErrorData, type LevelDetails } from 'hls.js'
import type { HlsSource } from '../../src/protocol/sources.ts'
import { HLS_CONFIG } from './hls-config.ts'
import { planLevelCap } from './hls-level.ts'
import { probeLive } from './hls-probe.ts'
import { type HlsFault, planRecovery, type RecoveryAction } from './hls-recovery.ts'
import { isRestarted, type PlaylistPosition, ReplayWatch } from './hls-watchdog.ts'
import { emptyElement, keepPlaying } from './keep-playing.ts'
import { pause } from './pause.ts'
import type { FrameReport, SourceContext, SourceDriver } from './source-driver.ts'
import type { TileSize } from './tile-size.ts'

/** How often an ended live stream is asked whether it began again: with loading and three segments it is back in 5 s. */
const PROBE_EVERY_MS = 1000
/** After this long of moving pictures an outage is over and its history forgotten. */
const HEALTHY_AFTER_MS = 10_000
/** Pictures missing this long although the playlist grows mean a player that is stuck: hls.js needs at most 5 s for a request. */
const STUCK_MS = 8000

/** A live (or on-demand) HLS stream played by hls.js close to its live edge. */
export class HlsDriver implements SourceDriver {
  #context: SourceContext<HlsSource>
  #abort = new AbortController()
  #hls: Hls
  #tile: TileSize | null = null
  #wasLive = false
  /** The newest live playlist, and when it was first seen. */
  #position: PlaylistPosition | null = null
  #grewAtMs = 0
  #replay = new ReplayWatch()
  /** The recovery that is due; while one is, further errors of the same outage change nothing. */
  #due: ReturnType<typeof setTimeout> | null = null
  #outageSinceMs: number | null = null
  #mediaRecoveries = 0
  #healthySinceMs: number | null = null
  #builtAtMs = 0
  #waitingForRestart = false

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

  tick({ nowMs, quietMs }: FrameReport): void {
    if (this.#waitingForRestart) return
    keepPlaying(this.#context.element)
    this.#trackHealth(nowMs, quietMs)
    const playingDate = this.#hls.playingDate
    if (this.#wasLive && playingDate && this.#replay.observe(playingDate.getTime()))
      this.#rebuild('The HLS player shows old pictures again; it is opened anew.')
    const growing = this.#grewAtMs > nowMs - STUCK_MS && this.#grewAtMs > nowMs - quietMs
    if (quietMs > STUCK_MS && nowMs - this.#builtAtMs > STUCK_MS && growing && this.#due === null)
      this.#rebuild('The HLS playlist grows but no picture comes; the player is opened anew.')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    this.#cancelDue()
    this.#hls.destroy()
    emptyElement(this.#context.element)
  }

  #build(): Hls {
    const hls = new Hls(HLS_CONFIG)
    hls.on(Hls.Events.ERROR, (_, data) => this.#onError(data))
    hls.on(Hls.Events.MANIFEST_PARSED, () => this.#capLevel())
    hls.on(Hls.Events.LEVEL_LOADED, (_, { details }) => this.#onPlaylist(details))
    this.#builtAtMs = performance.now()
    hls.loadSource(this.#context.spec.url)
    hls.attachMedia(this.#context.element)
    return hls
  }

  #rebuild(reason: string): void {
    this.#context.listener.onLog('warn', reason, { sourceId: this.#context.spec.id })
    this.#cancelDue()
    this.#hls.destroy()
    this.#position = null
    this.#replay = new ReplayWatch()
    this.#hls = this.#build()
  }

  #capLevel(): void {
    this.#hls.autoLevelCapping = planLevelCap(this.#hls.levels, this.#tile)
  }

  #onPlaylist(details: LevelDetails): void {
    if (details.live) this.#wasLive = true
    const next = position(details)
    const previous = this.#position
    this.#position = next
    if (!previous || next.endSn !== previous.endSn) this.#grewAtMs = performance.now()
    if (details.live && previous && isRestarted(previous, next))
      // Not from inside hls.js' own event: it goes on working on the playlist after this call.
      queueMicrotask(() => this.#rebuildUnlessDisposed())
  }

  #rebuildUnlessDisposed(): void {
    if (!this.#abort.signal.aborted)
      this.#rebuild('The HLS playlist began again with an old media sequence number; the player is opened anew.')
  }

  #onError(data: ErrorData): void {
    const { status, listener, spec } = this.#context
    const nowMs = performance.now()
    this.#outageSinceMs ??= nowMs
    const recovery = planRecovery(faultFrom(data), {
      nowMs,
      outageSinceMs: this.#outageSinceMs,
      mediaRecoveries: this.#mediaRecoveries,
    })
    const { action, afterMs, error, hopeless } = recovery
    const details = { sourceId: spec.id, code: error.code, received: error.received, hls: data.details, action }
    listener.onLog(data.fatal ? 'warn' : 'debug', error.message, details)
    if (hopeless) status.fail(error)
    else status.trouble(error)
    if (action === 'none' || this.#due !== null) return
    if (action === 'recover-media') this.#mediaRecoveries += 1
    this.#due = setTimeout(() => this.#recover(action), afterMs)
  }

  #recover(action: RecoveryAction): void {
    this.#due = null
    if (action === 'start-load') this.#hls.startLoad()
    else if (action === 'load-source') this.#hls.loadSource(this.#context.spec.url)
    else if (action === 'recover-media') this.#recoverMedia()
    else if (action === 'rebuild') this.#rebuild('The HLS player is opened anew.')
  }

  #recoverMedia(): void {
    this.#hls.recoverMediaError()
    // A fatal error ended the reloading of the playlist too, and only this begins it again.
    this.#hls.startLoad()
  }

  #cancelDue(): void {
    if (this.#due !== null) clearTimeout(this.#due)
    this.#due = null
  }

  /** Forgets the outage once pictures have moved for a while. */
  #trackHealth(nowMs: number, quietMs: number): void {
    if (quietMs > STUCK_MS / 8) this.#healthySinceMs = null
    else this.#healthySinceMs ??= nowMs
    if (this.#healthySinceMs === null || nowMs - this.#healthySinceMs < HEALTHY_AFTER_MS) return
    this.#outageSinceMs = null
    this.#mediaRecoveries = 0
  }

  #onEnded(): void {
    this.#context.status.end()
    if (this.#wasLive && !this.#waitingForRestart) void this.#waitForRestart()
  }

  /** A live source that said it is over may come back at the same URL. Its old playlist is not played again meanwhile. */
  async #waitForRestart(): Promise<void> {
    const { signal } = this.#abort
    this.#waitingForRestart = true
    this.#hls.stopLoad()
    do await pause(PROBE_EVERY_MS, signal)
    while (!signal.aborted && !(await probeLive(this.#context.spec.url, signal)))
    this.#waitingForRestart = false
    if (!signal.aborted) this.#rebuild('The HLS stream began again after its end; the player is opened anew.')
  }
}

function position(details: LevelDetails): PlaylistPosition {
  const startDateMs = details.fragments[0]?.programDateTime ?? null
  return { startSn: details.startSN, endSn: details.endSN, startDateMs, targetDurationSec: details.targetduration }
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
