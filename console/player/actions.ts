import type { PlayerKey } from './keys.ts'
import type { PlacedMark } from './marks.ts'
import { playOrMuted } from './play-or-muted.ts'
import type { Playback } from './playback.ts'

const STEP_SEC = 5
const VOLUME_STEP = 0.1
/** A player that plays on from a mark is still at that mark when the one before is asked for. */
const MARK_TOLERANCE_SEC = 1.5

/** What an action works on. */
interface PlayerParts {
  readonly video: HTMLVideoElement
  readonly frame: HTMLElement
  readonly playback: Playback | undefined
  readonly marks: readonly PlacedMark[]
}

/** Performs the action of a key or a control of the player. */
export function perform(key: PlayerKey, { video, frame, playback, marks }: PlayerParts): void {
  switch (key) {
    case 'toggle':
      if (video.paused) playOrMuted(video)
      else video.pause()
      return
    case 'back':
      return seek(video, video.currentTime - STEP_SEC)
    case 'forward':
      return seek(video, video.currentTime + STEP_SEC)
    case 'louder':
      return setVolume(video, video.volume + VOLUME_STEP)
    case 'quieter':
      return setVolume(video, video.volume - VOLUME_STEP)
    case 'mute':
      video.muted = !video.muted
      return
    case 'start':
      return seek(video, 0)
    case 'end':
      return goLive(video, playback)
    case 'previousMark':
      return seekTo(
        video,
        marks.findLast(({ atSec }) => atSec < video.currentTime - MARK_TOLERANCE_SEC),
      )
    case 'nextMark':
      return seekTo(
        video,
        marks.find(({ atSec }) => atSec > video.currentTime + MARK_TOLERANCE_SEC),
      )
    case 'fullscreen':
      toggleFullscreen(frame, video)
  }
}

function seekTo(video: HTMLVideoElement, mark: PlacedMark | undefined): void {
  if (mark !== undefined) seek(video, mark.atSec)
}

/** Seeks within the seekable range. */
export function seek(video: HTMLVideoElement | null, sec: number): void {
  if (video === null || video.seekable.length === 0) return
  const start = video.seekable.start(0)
  const end = video.seekable.end(video.seekable.length - 1)
  video.currentTime = Math.min(Math.max(sec, start), end)
}

/** From 0, which also mutes, to 1. */
export function setVolume(video: HTMLVideoElement | null, volume: number): void {
  if (video === null) return
  video.volume = Math.min(1, Math.max(0, volume))
  video.muted = video.volume === 0
}

/** Plays at the live edge; at the end of media that does not grow any more. */
export function goLive(video: HTMLVideoElement | null, playback: Playback | undefined): void {
  if (video === null) return
  seek(video, playback?.status().live ? (playback.liveEdgeSec() ?? video.duration) : video.duration)
  if (playback?.status().live) playOrMuted(video)
}

/** iPhones have full screen for the element of a video alone, with controls of their own. */
interface PhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?(): void
}

function toggleFullscreen(frame: HTMLElement, video: PhoneVideo): void {
  if ((frame.requestFullscreen as unknown) === undefined) return video.webkitEnterFullscreen?.()
  const change = document.fullscreenElement === null ? frame.requestFullscreen() : document.exitFullscreen()
  change.catch(() => undefined)
}
