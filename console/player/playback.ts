import Hls, { type ErrorData, type LevelDetails } from 'hls.js'
import { after } from '../../src/timing/index.ts'
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

const RETRY_MS = 1000
/** `recoverMediaError` empties the picture; the third failure in a row starts the player anew. */
const MEDIA_REPAIRS = 2
/** The count of repairs is reset after this long without a fatal error. */
const RESET_MS = 10_000

/** Plays an HLS playlist, live or ended; every fatal error is repaired or retried after a second, without end. */
export function openPlayback(video: HTMLVideoElement, url: string): Playback {
  const isPlaylist = new URL(url, location.href).pathname.endsWith('.m3u8')
  if (!isPlaylist || !Hls.isSupported()) return openNative(video, url)
  const player = new HlsPlayback(video, url)
  player.open()
  return player
}

class HlsPlayback implements Playback {
  readonly #video: HTMLVideoElement
  readonly #url: string
  #hls: Hls | undefined
  #live = false
  #pieces: readonly DatedPiece[] = []
  #trouble: PlaybackStatus['trouble']
  #repairs = 0
  #lastErrorMs = 0
  #scheduled: Disposable | undefined

  constructor(video: HTMLVideoElement, url: string) {
    this.#video = video
    this.#url = url
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
    hls.loadSource(this.#url)
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
    this.#scheduled = after(RETRY_MS, () => this.#retryAfter(data))
  }

  #retryAfter(data: ErrorData): void {
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
      if (data.details.startsWith('manifest')) this.#hls?.loadSource(this.#url)
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

function datedPieces({ fragments }: LevelDetails): DatedPiece[] {
  return fragments.flatMap(({ start, duration, programDateTime, gap }) =>
    programDateTime === null || gap ? [] : [{ startSec: start, durationSec: duration, wallMs: programDateTime }],
  )
}

/** A file, or HLS where it is the browser's own, as in Safari on phones. */
function openNative(video: HTMLVideoElement, url: string): Playback {
  video.src = url
  const edge = () => (video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : undefined)
  return {
    liveEdgeSec: edge,
    status: () => {
      const live = video.duration === Number.POSITIVE_INFINITY
      const end = edge()
      return { live, behindSec: live && end !== undefined ? end - video.currentTime : undefined, trouble: undefined }
    },
    wallTimeAt: (sec) => {
      const startMs = startDateOf(video)
      return startMs === undefined ? undefined : startMs + sec * 1000
    },
    positionOf: (wallMs) => {
      const startMs = startDateOf(video)
      return startMs === undefined ? undefined : (wallMs - startMs) / 1000
    },
    [Symbol.dispose]: () => {
      video.removeAttribute('src')
      video.load()
    },
  }
}

/** Safari's `getStartDate` (HTML §4.8.11.6): the wall time of position 0; not a number where the media has no dates. */
function startDateOf(video: HTMLVideoElement & { getStartDate?(): Date }): number | undefined {
  const startMs = video.getStartDate?.().getTime()
  return startMs === undefined || Number.isNaN(startMs) ? undefined : startMs
}
