import type { VideoSource } from '../../../src/protocol/sources.ts'
import { delay } from '../../../src/timing/index.ts'
import { sourceBackOffMs } from '../driver/back-off.ts'
import type { FrameReport, SourceDriver, SourceListener } from '../driver/source-driver.ts'
import type { SourceStatus } from '../driver/source-status.ts'
import type { StreamPosition } from '../driver/stream-position.ts'
import type { FrameTimes } from '../frames/frame-tap.ts'
import { diagnoseVideo, type VideoFault } from '../video/video-fault.ts'
import { planUrl } from '../video/video-url.ts'
import type { DecodedPlayer } from './decoded-player.ts'
import { FileReader } from './file-reader.ts'
import type { StreamConfig } from './sample.ts'

/** A file that plays but gives no picture for this long is loaded again: its connection is dead. */
const RELOAD_AFTER_MS = 5000

interface FileContext {
  readonly spec: VideoSource
  readonly status: SourceStatus
  readonly listener: SourceListener
  readonly player: DecodedPlayer
  readonly onConfig: (config: StreamConfig | undefined) => void
}

/** A file at a URL, played in real time from its beginning; with `loop` for ever. After a failure it resumes where it was. */
export class FileDriver implements SourceDriver {
  readonly #context: FileContext
  readonly #abort = new AbortController()
  #reader: FileReader | undefined
  #filling = new AbortController()
  #failures = 0
  #loads = 0
  #loadedAtMs = 0
  #isRetrying = false

  constructor(context: FileContext) {
    this.#context = context
    void this.#load()
  }

  setTileSize(): void {
    // A file has one size only.
  }

  readonly canSeek = true

  positionOf({ mediaMs }: FrameTimes): StreamPosition {
    const durationMs = (this.#reader?.durationSec ?? 0) * 1000
    const periodMs = this.#context.spec.loop === true && durationMs > 0 ? durationMs : null
    return { ms: mediaMs, periodMs, isWhole: true }
  }

  seek(toSec: number): void {
    this.#context.player.seek(toSec)
    this.#fill(toSec)
  }

  tick({ nowMs, quietMs }: FrameReport): void {
    if (this.#isRetrying || this.#context.player.hasEnded) return
    if (quietMs < RELOAD_AFTER_MS) {
      if (quietMs === 0) this.#failures = 0
    } else if (nowMs - this.#loadedAtMs > RELOAD_AFTER_MS)
      void this.#recover({ kind: 'slow', message: 'no picture comes' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    this.#close()
  }

  async #load(): Promise<void> {
    const { spec, onConfig, player } = this.#context
    this.#loadedAtMs = performance.now()
    const url = planUrl(spec.url, this.#loads)
    this.#loads += 1
    try {
      const reader = await FileReader.open(url)
      if (this.#abort.signal.aborted) return reader?.[Symbol.dispose]()
      if (reader === undefined) return await this.#recover({ kind: 'unsupported', message: 'no known track' })
      this.#reader = reader
      for (const config of reader.configs) onConfig(config)
      player.seek(player.clock.sec)
      this.#fill(player.clock.sec)
    } catch (thrown) {
      await this.#recover({ kind: 'unsupported', message: String(thrown) })
    }
  }

  #fill(fromSec: number): void {
    const { player, spec } = this.#context
    this.#filling.abort()
    this.#filling = new AbortController()
    const { signal } = this.#filling
    player.queues.video.clear()
    player.queues.audio.clear()
    player.setComplete(false)
    this.#reader
      ?.fill(player, { fromSec, isLoop: spec.loop === true, signal })
      .catch((thrown) => (signal.aborted ? undefined : this.#recover({ kind: 'broken', message: String(thrown) })))
  }

  #close(): void {
    this.#filling.abort()
    this.#reader?.[Symbol.dispose]()
    this.#reader = undefined
  }

  async #recover(fault: VideoFault): Promise<void> {
    const { signal } = this.#abort
    if (this.#isRetrying || signal.aborted) return
    this.#isRetrying = true
    this.#close()
    const { status, listener, spec } = this.#context
    const error = await diagnoseVideo(spec.url, fault, signal)
    if (signal.aborted) return
    this.#failures += 1
    const retryInMs = sourceBackOffMs(error, this.#failures, Math.random())
    listener.onLog(status.trouble(error) ? 'warn' : 'debug', error.message, {
      code: error.code,
      retryInMs: Math.round(retryInMs),
    })
    await delay(retryInMs, { signal })
    this.#isRetrying = false
    if (!signal.aborted) await this.#load()
  }
}
