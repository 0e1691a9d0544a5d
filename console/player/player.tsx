import type { RefObject } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useKeys } from '../state/hooks.ts'
import { Controls } from './controls.tsx'
import { takeFloor, type Voice } from './floor.ts'
import { type PlayerKey, playerKeyOf } from './keys.ts'
import { type Mark, type PlacedMark, placeMarks } from './marks.ts'
import { openPlayback, type Playback } from './playback.ts'
import { type PlayerView, readView } from './view.ts'

const STEP_SEC = 5
const VOLUME_STEP = 0.1
const REFRESH_MS = 250
/** Controls fade away after this long without a movement. */
const IDLE_MS = 2600
/** A player that plays on from a mark is still at that mark when it is asked for the one before. */
const MARK_TOLERANCE_SEC = 1.5

/** The wall time of what is shown, epoch ms; null while there is no player. */
export type WallTime = (() => number | undefined) | null

export interface PlayerProps {
  /** A playlist or a file. */
  readonly url: string
  readonly title: string
  /** Without it true. */
  readonly autoplay?: boolean
  /** Moments to show on the time line. */
  readonly marks?: readonly Mark[]
  /** Asks for a highlight of what is shown; without it there is no button for that. */
  readonly onMoment?: () => void
  readonly onEnded?: () => void
  /** Filled with how to ask for it. */
  readonly wallTime?: RefObject<WallTime>
}

const NO_MARKS: readonly Mark[] = []

/** A video player for a recording, while it runs and afterwards, and for a clip. */
export function Player(props: PlayerProps) {
  const frame = useRef<HTMLDivElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const playback = useRef<Playback>(undefined)
  const [view, setView] = useState<PlayerView>()
  const [idle, wake] = useIdle()

  useEffect(() => {
    const element = video.current
    if (element === null) return
    const opened = openPlayback(element, props.url)
    playback.current = opened
    if (props.autoplay ?? true) element.play().catch(() => playMuted(element))
    const refresh = () => setView(readView(element, opened))
    const timer = setInterval(refresh, REFRESH_MS)
    const events = ['play', 'pause', 'seeking', 'volumechange', 'ended', 'waiting', 'playing'] as const
    for (const event of events) element.addEventListener(event, refresh)
    return () => {
      clearInterval(timer)
      for (const event of events) element.removeEventListener(event, refresh)
      opened[Symbol.dispose]()
      playback.current = undefined
    }
  }, [props.url])

  useEffect(() => {
    const floor = takeFloor(voiceOf(video, playback))
    return () => floor[Symbol.dispose]()
  }, [])

  const marks = useMemo(
    () => placeMarks(props.marks ?? NO_MARKS, (wallMs) => playback.current?.positionOf(wallMs)),
    // The positions follow from the media, which tells of itself by its range.
    [props.marks, view?.startSec, view?.endSec],
  )
  const act = (key: PlayerKey) => {
    if (video.current === null || frame.current === null) return
    perform(key, { video: video.current, frame: frame.current, playback: playback.current, marks })
    wake()
  }
  useKeys((event) => {
    const key = frame.current === null ? undefined : playerKeyOf(event, frame.current)
    if (key === undefined) return
    event.preventDefault()
    act(key)
  })
  useWallTime(props.wallTime, () => {
    const position = video.current?.currentTime
    return position === undefined ? undefined : playback.current?.wallTimeAt(position)
  })

  const hidden = idle && view !== undefined && !view.paused
  return (
    <section
      class={`player${hidden ? ' player-idle' : ''}`}
      ref={frame}
      aria-label={`Player of ${props.title}`}
      onPointerMove={wake}
      onFocusIn={wake}
    >
      {/* biome-ignore lint/a11y/useMediaCaption: captions are part of the recorded picture */}
      <video
        ref={video}
        playsInline
        onClick={() => act('toggle')}
        onDblClick={() => act('fullscreen')}
        onEnded={props.onEnded}
      />
      {view === undefined || view.waiting ? <div class="player-spinner" role="status" aria-label="Loading" /> : null}
      {view?.trouble ? (
        <p class="player-trouble" role="status">
          {TROUBLE_WORDS[view.trouble]}
        </p>
      ) : null}
      {view ? (
        <Controls
          view={view}
          onKey={act}
          onSeek={(sec) => seek(video.current, sec)}
          onVolume={(volume) => setVolume(video.current, volume)}
          onLive={() => goLive(video.current, playback.current)}
          marks={marks}
          {...(props.onMoment ? { onMoment: props.onMoment } : {})}
        />
      ) : null}
    </section>
  )
}

/** What a player over this one asks of it: to be silent, and to go on afterwards, at the live edge if it was there. */
function voiceOf(video: RefObject<HTMLVideoElement | null>, playback: RefObject<Playback | undefined>): Voice {
  let before: PlayerView | undefined
  return {
    pause() {
      if (video.current === null || !playback.current) return
      before = readView(video.current, playback.current)
      video.current.pause()
    },
    resume() {
      if (video.current === null || before?.paused !== false) return
      if (before.atLiveEdge) goLive(video.current, playback.current ?? undefined)
      else video.current.play().catch(() => undefined)
    },
  }
}

const TROUBLE_WORDS = {
  reconnecting: 'The connection is lost. Trying again …',
  repairing: 'The picture could not be decoded. Repairing …',
} as const

interface Stage {
  readonly video: HTMLVideoElement
  readonly frame: HTMLElement
  readonly playback: Playback | undefined
  readonly marks: readonly PlacedMark[]
}

function perform(key: PlayerKey, { video, frame, playback, marks }: Stage): void {
  switch (key) {
    case 'toggle':
      if (video.paused) video.play().catch(() => playMuted(video))
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
      toggleFullscreen(frame)
  }
}

function seekTo(video: HTMLVideoElement, mark: PlacedMark | undefined): void {
  if (mark !== undefined) seek(video, mark.atSec)
}

function seek(video: HTMLVideoElement | null, sec: number): void {
  if (video === null || video.seekable.length === 0) return
  const start = video.seekable.start(0)
  const end = video.seekable.end(video.seekable.length - 1)
  video.currentTime = Math.min(Math.max(sec, start), end)
}

function setVolume(video: HTMLVideoElement | null, volume: number): void {
  if (video === null) return
  video.volume = Math.min(1, Math.max(0, volume))
  video.muted = video.volume === 0
}

function goLive(video: HTMLVideoElement | null, playback: Playback | undefined): void {
  if (video === null) return
  seek(video, playback?.status().live ? (playback.liveEdgeSec() ?? video.duration) : video.duration)
  if (playback?.status().live) video.play().catch(() => playMuted(video))
}

/** Browsers refuse to start sound without a gesture; a silent picture is better than none. */
function playMuted(video: HTMLVideoElement): void {
  video.muted = true
  video.play().catch(() => undefined)
}

function toggleFullscreen(frame: HTMLElement): void {
  const change = document.fullscreenElement === null ? frame.requestFullscreen() : document.exitFullscreen()
  change.catch(() => undefined)
}

function useWallTime(target: PlayerProps['wallTime'], read: () => number | undefined): void {
  useEffect(() => {
    if (target === undefined) return
    target.current = read
    return () => {
      target.current = null
    }
  }, [target])
}

function useIdle(): [boolean, () => void] {
  const [idle, setIdle] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const wake = () => {
    setIdle(false)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setIdle(true), IDLE_MS)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  return [idle, wake]
}
