/** Where a playlist's window of segments lies, by number and by date. */
export interface PlaylistPosition {
  /** Which variant stream it belongs to: each has media sequence numbers of its own (RFC 8216 §6.2.4). */
  readonly level: number
  readonly startSn: number
  readonly endSn: number
  /** Wall time of segment `startSn`, epoch milliseconds; null without EXT-X-PROGRAM-DATE-TIME (RFC 8216 §4.3.2.6). */
  readonly startDateMs: number | null
  readonly targetDurationSec: number
}

/** How many segments a cache may be late where no dates tell an old copy from a restart. */
const LATE_SEGMENTS = 2

/**
 * True when an encoder was started anew and counts its segments from the beginning, which RFC 8216 §6.2.2 forbids and
 * hls.js answers by replaying old pictures. A caching server that is late by part of a window is no restart.
 */
export function isRestarted(previous: PlaylistPosition, next: PlaylistPosition): boolean {
  if (next.level !== previous.level || next.endSn >= previous.endSn) return false
  if (next.endSn < previous.startSn) return true
  if (previous.startDateMs === null || next.startDateMs === null) return previous.endSn - next.endSn > LATE_SEGMENTS
  const elapsedMs = next.startDateMs - previous.startDateMs
  // The same numbers at the same time are an old copy of the playlist; a restart gives them to later pictures.
  const segmentsApart = Math.max(next.startSn - previous.startSn, 0) + 1
  return elapsedMs > segmentsApart * next.targetDurationSec * 1000
}

/** A playing date that falls back further than this is a replay. */
const REPLAY_MS = 2000

/** Detects a player that shows old pictures again, which a frame counter cannot: frames advance all the same. */
export class ReplayWatch {
  #newestMs = Number.NEGATIVE_INFINITY

  /** True when the picture shown now, of this PROGRAM-DATE-TIME, was shown before. */
  isReplayed(playingDateMs: number): boolean {
    if (this.#newestMs - playingDateMs > REPLAY_MS) {
      this.#newestMs = playingDateMs
      return true
    }
    this.#newestMs = Math.max(this.#newestMs, playingDateMs)
    return false
  }
}

/** A player without pictures for this long although its playlist grows is stuck: a request takes 5 s at most. */
const STUCK_MS = 8000
/** A player without playlist, error or picture for this long has stopped loading, even if two requests hang meanwhile. */
const SILENT_MS = 15_000

/** Detects a player that shows no picture and reports no error. */
export class StuckWatch {
  #startedMs: number
  #reportedMs: number
  #grewMs = Number.NEGATIVE_INFINITY
  /** When the playlist began to grow, or began again after an encoder had stood still. */
  #growingSinceMs = Number.NEGATIVE_INFINITY
  #endSn = -1

  /** `nowMs` is when the player was made. */
  constructor(nowMs: number) {
    this.#startedMs = nowMs
    this.#reportedMs = nowMs
  }

  onError(nowMs: number): void {
    this.#reportedMs = nowMs
  }

  /** `endSn` is the media sequence number of the playlist's last segment. */
  onPlaylist(nowMs: number, endSn: number): void {
    this.#reportedMs = nowMs
    if (endSn === this.#endSn) return
    if (nowMs - this.#grewMs > STUCK_MS) this.#growingSinceMs = nowMs
    this.#grewMs = nowMs
    this.#endSn = endSn
  }

  /** `quietMs` is the time since the newest picture. */
  isStuck(nowMs: number, quietMs: number): boolean {
    const waitedMs = Math.min(quietMs, nowMs - this.#startedMs)
    const isGrowing = nowMs - this.#grewMs < STUCK_MS && nowMs - this.#growingSinceMs > STUCK_MS
    if (waitedMs > STUCK_MS && isGrowing) return true
    return waitedMs > SILENT_MS && nowMs - this.#reportedMs > SILENT_MS
  }
}
