import Hls, { type ErrorData, type LevelDetails } from 'hls.js'
import { after, RETRY_POLICIES } from '../../src/timing/index.ts'
import { playOrMuted } from './play-or-muted.ts'
import { type DatedPiece, positionOf, wallTimeAt } from './wall-clock.ts'

export interface PlaybackStatus {
  /** True while the playlist may still grow. */
  readonly live: boolean
  /** Seconds between the picture shown and the class now; undefined when unknown or not live. */
  readonly behindSec: number | undefined
  /** Set while playback is being repaired. */
  readonly trouble: 'reconnecting' | 'repairing' | undefined
}

export interface Playback extends Disposable {
  /** The live edge on the media's time line, seconds. */
  liveEdgeSec(): number | undefined
  status(): PlaybackStatus
  /** The wall time of a position, epoch ms; undefined where the media has no dates. */
  wallTimeAt(sec: number): number | undefined
  /** The position at which a wall time is played. */
  positionOf(wallMs: number): number | undefined
}

/** `recoverMediaError` empties the picture; the third failure in a row starts the player anew. */
const MEDIA_REPAIRS = 2
/** The count of repairs is reset after this long without a fatal error. */
const RESET_MS = 10_000

/** Plays an HLS playlist, live or ended; every fatal error is repaired or retried after a second, without end. */
export function openPlayback(video: HTMLVideoElement, url: string): Playback {
  const isPlaylist = new URL(url, location.href).pathname.endsWith('.m3u8')
  if (!isPlaylist || !Hls.isSupported()) return new NativePlayback(video, url)
  const player = new HlsPlayback(video, url)
  player.open()
  return player
}

class HlsPlayback implements Playback {
  readonly #video: HTMLVideoElement
  readonly #playlistUrl: string
  #hls: Hls | undefined
  #live = false
  #pieces: readonly DatedPiece[] = []
  #trouble: PlaybackStatus['trouble']
  #repairs = 0
  #lastErrorMs = 0
  #scheduled: Disposable | undefined

  constructor(video: HTMLVideoElement, url: string) {
    this.#video = video
    this.#playlistUrl = withDelta(url)
  }

  open(): void {
    const hls = new Hls({
      liveSyncDurationCount: 2,
      liveMaxLatencyDurationCount: Number.POSITIVE_INFINITY,
      backBufferLength: 120,
    })
    this.#hls = hls
    hls.on(Hls.Events.ERROR, (_, data) => {
      if (data.fatal) this.#repair(data)
    })
    hls.on(Hls.Events.LEVEL_UPDATED, (_, data) => {
      this.#live = data.details.live
      this.#pieces = datedPieces(data.details)
    })
    // A decoded segment corrects the positions of all.
    hls.on(Hls.Events.LEVEL_PTS_UPDATED, (_, data) => {
      this.#pieces = datedPieces(data.details)
    })
    hls.on(Hls.Events.FRAG_BUFFERED, () => this.#onProgress())
    hls.loadSource(this.#playlistUrl)
    hls.attachMedia(this.#video)
  }

  liveEdgeSec(): number | undefined {
    return this.#hls?.liveSyncPosition ?? undefined
  }

  status(): PlaybackStatus {
    const playingAt = this.#hls?.playingDate?.getTime()
    const behindSec = this.#live && playingAt !== undefined ? Math.max(0, (Date.now() - playingAt) / 1000) : undefined
    return { live: this.#live, behindSec, trouble: this.#trouble }
  }

  wallTimeAt(sec: number): number | undefined {
    return wallTimeAt(this.#pieces, sec)
  }

  positionOf(wallMs: number): number | undefined {
    return positionOf(this.#pieces, wallMs)
  }

  [Symbol.dispose](): void {
    this.#scheduled?.[Symbol.dispose]()
    this.#hls?.destroy()
    this.#hls = undefined
  }

  #repair(data: ErrorData): void {
    this.#scheduled?.[Symbol.dispose]()
    this.#lastErrorMs = performance.now()
    this.#trouble = data.type === Hls.ErrorTypes.MEDIA_ERROR ? 'repairing' : 'reconnecting'
    this.#scheduled = after(RETRY_POLICIES.playback.firstMs, () => this.#retryAfter(data))
  }

  #retryAfter(data: ErrorData): void {
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
      if (data.details.startsWith('manifest')) this.#hls?.loadSource(this.#playlistUrl)
      else this.#hls?.startLoad()
    } else if (data.type === Hls.ErrorTypes.MEDIA_ERROR && this.#repairs < MEDIA_REPAIRS) {
      this.#repairs += 1
      this.#hls?.recoverMediaError()
    } else {
      this.#repairs = 0
      this.#hls?.destroy()
      this.open()
    }
  }

  #onProgress(): void {
    this.#trouble = undefined
    if (performance.now() - this.#lastErrorMs > RESET_MS) this.#repairs = 0
  }
}

/** Of a running recording only the first load is whole; hls.js asks for the end alone afterwards. */
function withDelta(playlistUrl: string): string {
  const url = new URL(playlistUrl, location.href)
  url.searchParams.set('delta', '1')
  return url.href
}

function datedPieces({ fragments }: LevelDetails): DatedPiece[] {
  return fragments.flatMap(({ start, duration, programDateTime, gap }) =>
    programDateTime === null || gap ? [] : [{ startSec: start, durationSec: duration, wallMs: programDateTime }],
  )
}

/** A file, or HLS where it is the browser's own, as in Safari on phones. */
class NativePlayback implements Playback {
  readonly #video: HTMLVideoElement
  readonly #listening = new AbortController()
  #trouble: PlaybackStatus['trouble']
  #scheduled: Disposable | undefined
  /** The position to go on from once what failed is loaded again. */
  #resumeSec = 0
  /** True while the viewer wants it to play; Chrome pauses an element that failed by itself. */
  #isWanted = false

  constructor(video: HTMLVideoElement, url: string) {
    this.#video = video
    const on = (event: string, act: () => void) =>
      video.addEventListener(event, act, { signal: this.#listening.signal })
    on('play', () => this.#want(true))
    on('pause', () => this.#want(this.#isWanted && video.error !== null))
    on('error', () => this.#repair())
    on('loadeddata', () => this.#onLoaded())
    video.src = url
  }

  liveEdgeSec(): number | undefined {
    const { seekable } = this.#video
    return seekable.length > 0 ? seekable.end(seekable.length - 1) : undefined
  }

  status(): PlaybackStatus {
    const live = this.#video.duration === Number.POSITIVE_INFINITY
    const end = this.liveEdgeSec()
    const behindSec = live && end !== undefined ? end - this.#video.currentTime : undefined
    return { live, behindSec, trouble: this.#trouble }
  }

  wallTimeAt(sec: number): number | undefined {
    const startMs = startDateOf(this.#video)
    return startMs === undefined ? undefined : startMs + sec * 1000
  }

  positionOf(wallMs: number): number | undefined {
    const startMs = startDateOf(this.#video)
    return startMs === undefined ? undefined : (wallMs - startMs) / 1000
  }

  [Symbol.dispose](): void {
    this.#listening.abort()
    this.#scheduled?.[Symbol.dispose]()
    this.#video.removeAttribute('src')
    this.#video.load()
  }

  /** An element that failed does nothing more until it is told to load again (HTML §4.8.11.5). */
  #repair(): void {
    const video = this.#video
    this.#trouble = video.error?.code === MediaError.MEDIA_ERR_DECODE ? 'repairing' : 'reconnecting'
    this.#resumeSec = Math.max(this.#resumeSec, video.currentTime)
    this.#scheduled?.[Symbol.dispose]()
    this.#scheduled = after(RETRY_POLICIES.playback.firstMs, () => {
      video.load()
      if (this.#isWanted) playOrMuted(video)
    })
  }

  #want(isWanted: boolean): void {
    this.#isWanted = isWanted
  }

  #onLoaded(): void {
    this.#trouble = undefined
    if (this.#resumeSec > 0) this.#video.currentTime = this.#resumeSec
    this.#resumeSec = 0
  }
}

/** Safari's `getStartDate` (HTML §4.8.11.6): the wall time of position 0; not a number where the media has no dates. */
function startDateOf(video: HTMLVideoElement & { getStartDate?(): Date }): number | undefined {
  const startMs = video.getStartDate?.().getTime()
  return startMs === undefined || Number.isNaN(startMs) ? undefined : startMs
}
