import type { VideoSource } from '../../../src/protocol/sources.ts'
import { delay } from '../../../src/timing/index.ts'
import { sourceBackOffMs } from '../driver/back-off.ts'
import type { FrameReport, SourceListener } from '../driver/source-driver.ts'
import type { SourceStatus } from '../driver/source-status.ts'
import { diagnoseVideo, type VideoFault } from './video-fault.ts'
import { planUrl } from './video-url.ts'

/** A file that plays but gives no picture for this long is loaded again: its connection is dead. */
export const RELOAD_AFTER_MS = 5000

interface FileReloadsOptions {
  readonly spec: VideoSource
  readonly status: SourceStatus
  readonly listener: SourceListener
  readonly load: (url: string) => void
  /** Called with each fault, before its cause is looked for. */
  readonly unload?: () => void
}

/** Loads a file, and again after a fault or a silence, at growing intervals, until it is disposed. */
export class FileReloads implements Disposable {
  readonly #options: FileReloadsOptions
  readonly #abort = new AbortController()
  #failures = 0
  #loads = 0
  #loadedAtMs = 0
  #isRetrying = false

  constructor(options: FileReloadsOptions) {
    this.#options = options
  }

  /** Aborted once it is disposed. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** True from a fault until the file is loaded again. */
  get isRetrying(): boolean {
    return this.#isRetrying
  }

  load(): void {
    const { spec, load } = this.#options
    this.#loadedAtMs = performance.now()
    const url = planUrl(spec.url, this.#loads)
    this.#loads += 1
    load(url)
  }

  /** Whether a file that is playing plays; one that is silent for too long has this fault. */
  watch({ nowMs, quietMs }: FrameReport, silence: VideoFault): void {
    if (quietMs === 0) this.#failures = 0
    if (quietMs >= RELOAD_AFTER_MS && nowMs - this.#loadedAtMs > RELOAD_AFTER_MS) void this.recover(silence)
  }

  async recover(fault: VideoFault): Promise<void> {
    const { signal } = this.#abort
    if (this.#isRetrying || signal.aborted) return
    this.#isRetrying = true
    const { status, listener, spec, unload } = this.#options
    unload?.()
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
    if (!signal.aborted) this.load()
  }

  [Symbol.dispose](): void {
    this.#abort.abort()
  }
}
