import type { VideoSource } from '../../../src/protocol/sources.ts'
import { delay } from '../../../src/timing/index.ts'
import { sourceBackOffMs } from '../driver/back-off.ts'
import { emptyElement, keepPlaying } from '../driver/keep-playing.ts'
import type { FrameReport, SourceContext, SourceDriver } from '../driver/source-driver.ts'
import type { StreamPosition } from '../driver/stream-position.ts'
import type { FrameTimes } from '../frames/frame-tap.ts'
import { diagnoseVideo, type VideoFault } from './video-fault.ts'
import { planUrl } from './video-url.ts'

/** A file that plays but gives no picture for this long is loaded again: its connection is dead. */
const RELOAD_AFTER_MS = 5000

/** A file at a URL, played in real time from its beginning; with `loop` for ever. After a failure it resumes where it was. */
export class VideoDriver implements SourceDriver {
  #context: SourceContext<VideoSource>
  #abort = new AbortController()
  #failures = 0
  /** Where to go on after a reload, seconds of the file. */
  #resumeAtSec = 0
  #loadedAtMs = 0
  #loads = 0
  #retrying = false

  constructor(context: SourceContext<VideoSource>) {
    this.#context = context
    const { element, spec, status } = context
    const { signal } = this.#abort
    element.loop = spec.loop ?? false
    element.addEventListener('loadedmetadata', () => this.#resume(), { signal })
    element.addEventListener('ended', () => status.end(), { signal })
    element.addEventListener('error', () => void this.#recover(element.error), { signal })
    this.#load()
  }

  setTileSize(): void {
    // A file has one size only.
  }

  readonly canSeek = true

  positionOf({ mediaMs }: FrameTimes): StreamPosition {
    const { element, spec } = this.#context
    const periodMs = spec.loop === true && element.duration > 0 ? element.duration * 1000 : null
    return { ms: mediaMs, periodMs, isWhole: true }
  }

  seek(toSec: number): void {
    const { element, spec } = this.#context
    element.currentTime = spec.loop === true && element.duration > 0 ? toSec % element.duration : toSec
  }

  tick({ nowMs, quietMs }: FrameReport): void {
    const { element } = this.#context
    if (this.#retrying || element.ended) return
    keepPlaying(element)
    if (quietMs < RELOAD_AFTER_MS) {
      if (element.currentTime > 0) this.#resumeAtSec = element.currentTime
      if (quietMs === 0) this.#failures = 0
    } else if (nowMs - this.#loadedAtMs > RELOAD_AFTER_MS) void this.#recover(null)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    emptyElement(this.#context.element)
  }

  #load(): void {
    const { element, spec } = this.#context
    this.#loadedAtMs = performance.now()
    element.src = planUrl(spec.url, this.#loads)
    this.#loads += 1
    keepPlaying(element)
  }

  #resume(): void {
    const { element } = this.#context
    if (this.#resumeAtSec > 0 && this.#resumeAtSec < element.duration) element.currentTime = this.#resumeAtSec
  }

  async #recover(mediaError: MediaError | null): Promise<void> {
    if (this.#retrying) return
    this.#retrying = true
    const { status, listener, spec } = this.#context
    const { signal } = this.#abort
    const error = await diagnoseVideo(spec.url, faultOf(mediaError), signal)
    if (signal.aborted) return
    this.#failures += 1
    const retryInMs = sourceBackOffMs(error, this.#failures, Math.random())
    listener.onLog(status.trouble(error) ? 'warn' : 'debug', error.message, {
      code: error.code,
      retryInMs: Math.round(retryInMs),
    })
    await delay(retryInMs, { signal })
    this.#retrying = false
    if (!signal.aborted) this.#load()
  }
}

function faultOf(mediaError: MediaError | null): VideoFault {
  const message = mediaError?.message ?? ''
  if (mediaError?.code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED) return { kind: 'unsupported', message }
  return { kind: mediaError?.code === MediaError.MEDIA_ERR_DECODE ? 'broken' : 'slow', message }
}
