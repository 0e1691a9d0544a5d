import type { Playback, PlaybackStatus } from './playback.ts'

/** The state that the controls show. Times are in seconds on the media's time line. */
export interface PlayerView extends PlaybackStatus {
  readonly paused: boolean
  readonly waiting: boolean
  readonly muted: boolean
  readonly volume: number
  readonly positionSec: number
  readonly startSec: number
  readonly endSec: number
  readonly bufferedSec: number
  /** True when the position is at the live edge. */
  readonly atLiveEdge: boolean
}

/** A position within this distance of the live edge counts as at the edge: a player waits there for its next segment. */
const EDGE_TOLERANCE_SEC = 4

export function readView(video: HTMLVideoElement, playback: Playback): PlayerView {
  const status = playback.status()
  const seekable = video.seekable
  const hasRange = seekable.length > 0
  const edge = playback.liveEdgeSec()
  const endSec = hasRange ? seekable.end(seekable.length - 1) : 0
  return {
    ...status,
    paused: video.paused,
    waiting: !video.paused && !video.ended && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA,
    muted: video.muted,
    volume: video.volume,
    positionSec: video.currentTime,
    startSec: hasRange ? seekable.start(0) : 0,
    endSec,
    bufferedSec: bufferedEnd(video),
    atLiveEdge: status.live && !video.paused && (edge ?? endSec) - video.currentTime < EDGE_TOLERANCE_SEC,
  }
}

function bufferedEnd(video: HTMLVideoElement): number {
  for (let index = 0; index < video.buffered.length; index++) {
    const holdsPosition = video.buffered.start(index) <= video.currentTime + 0.1
    if (holdsPosition && video.buffered.end(index) >= video.currentTime) return video.buffered.end(index)
  }
  return video.currentTime
}
