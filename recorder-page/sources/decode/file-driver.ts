import type { VideoSource } from '../../../src/protocol/sources.ts'
import type { FrameReport, SourceDriver, SourceListener } from '../driver/source-driver.ts'
import type { SourceStatus } from '../driver/source-status.ts'
import type { StreamPosition } from '../driver/stream-position.ts'
import type { FrameTimes } from '../frames/frame-tap.ts'
import { FileReloads } from '../video/file-reloads.ts'
import type { DecodedPlayer } from './decoded-player.ts'
import { FileReader } from './file-reader.ts'
import type { StreamConfig } from './sample.ts'

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
  readonly #reloads: FileReloads
  #reader: FileReader | undefined
  #loading = new AbortController()
  #filling = new AbortController()

  constructor(context: FileContext) {
    this.#context = context
    this.#reloads = new FileReloads({ ...context, load: (url) => void this.#load(url), unload: () => this.#close() })
    this.#reloads.load()
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

  tick(report: FrameReport): void {
    if (this.#reloads.isRetrying || this.#context.player.hasEnded) return
    this.#reloads.watch(report, { kind: 'slow', message: 'no picture comes' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reloads[Symbol.dispose]()
    this.#close()
  }

  /** A load that was given up, for a newer one or for good, changes nothing any more, however late it ends. */
  async #load(url: string): Promise<void> {
    const { onConfig, player } = this.#context
    this.#loading.abort()
    this.#loading = new AbortController()
    const { signal } = this.#loading
    try {
      const reader = await FileReader.open(url, signal)
      if (signal.aborted) return reader?.[Symbol.dispose]()
      if (reader === undefined) return await this.#reloads.recover({ kind: 'unsupported', message: 'no known track' })
      this.#reader = reader
      for (const config of reader.configs) onConfig(config)
      player.clear(player.clock.sec)
      player.seek(player.clock.sec)
      this.#fill(player.clock.sec)
    } catch (thrown) {
      if (!signal.aborted) await this.#reloads.recover({ kind: 'unsupported', message: String(thrown) })
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
      .catch((thrown) =>
        signal.aborted ? undefined : this.#reloads.recover({ kind: 'broken', message: String(thrown) }),
      )
  }

  #close(): void {
    this.#loading.abort()
    this.#filling.abort()
    this.#reader?.[Symbol.dispose]()
    this.#reader = undefined
  }
}
