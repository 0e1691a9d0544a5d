import type { VideoSource } from '../../../src/protocol/sources.ts'
import { emptyElement, keepPlaying } from '../driver/keep-playing.ts'
import type { FrameReport, SourceContext, SourceDriver } from '../driver/source-driver.ts'
import type { StreamPosition } from '../driver/stream-position.ts'
import type { FrameTimes } from '../frames/frame-tap.ts'
import { FileReloads, RELOAD_AFTER_MS } from './file-reloads.ts'
import type { VideoFault } from './video-fault.ts'

/** A file at a URL, played in real time from its beginning; with `loop` for ever. After a failure it resumes where it was. */
export class VideoDriver implements SourceDriver {
  readonly #context: SourceContext<VideoSource>
  readonly #reloads: FileReloads
  /** Where to go on after a reload, seconds of the file. */
  #resumeAtSec = 0

  constructor(context: SourceContext<VideoSource>) {
    this.#context = context
    const { element, spec, status, listener } = context
    this.#reloads = new FileReloads({ spec, status, listener, load: (url) => this.#load(url) })
    const { signal } = this.#reloads
    element.loop = spec.loop ?? false
    element.addEventListener('loadedmetadata', () => this.#resume(), { signal })
    element.addEventListener('ended', () => status.end(), { signal })
    element.addEventListener('error', () => void this.#reloads.recover(faultOf(element.error)), { signal })
    this.#reloads.load()
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

  tick(report: FrameReport): void {
    const { element } = this.#context
    if (this.#reloads.isRetrying || element.ended) return
    keepPlaying(element)
    if (report.quietMs < RELOAD_AFTER_MS && element.currentTime > 0) this.#resumeAtSec = element.currentTime
    this.#reloads.watch(report, faultOf(null))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reloads[Symbol.dispose]()
    emptyElement(this.#context.element)
  }

  #load(url: string): void {
    const { element } = this.#context
    element.src = url
    keepPlaying(element)
  }

  #resume(): void {
    const { element } = this.#context
    if (this.#resumeAtSec > 0 && this.#resumeAtSec < element.duration) element.currentTime = this.#resumeAtSec
  }
}

function faultOf(mediaError: MediaError | null): VideoFault {
  const message = mediaError?.message ?? ''
  if (mediaError?.code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED) return { kind: 'unsupported', message }
  return { kind: mediaError?.code === MediaError.MEDIA_ERR_DECODE ? 'broken' : 'slow', message }
}
