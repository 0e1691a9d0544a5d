import { useEffect, useRef, useState } from 'preact/hooks'
import { Controls } from './controls.tsx'
import { type PlayerKey, playerKeyOf } from './keys.ts'
import { openPlayback, type Playback } from './playback.ts'
import { type PlayerView, readView } from './view.ts'

const STEP_SEC = 5
const VOLUME_STEP = 0.1
const REFRESH_MS = 250
/** Controls fade away after this long without a movement. */
const IDLE_MS = 2600

/** A video player for a recording, while it runs and afterwards. */
export function Player(props: { readonly url: string; readonly title: string }) {
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
    element.play().catch(() => playMuted(element))
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

  const act = (key: PlayerKey) => {
    if (video.current === null || frame.current === null) return
    perform(key, { video: video.current, frame: frame.current, playback: playback.current })
    wake()
  }
  usePlayerKeys(act)

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
      <video ref={video} playsInline onClick={() => act('toggle')} onDblClick={() => act('fullscreen')} />
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
        />
      ) : null}
    </section>
  )
}

const TROUBLE_WORDS = {
  reconnecting: 'The connection is lost. Trying again …',
  repairing: 'The picture could not be decoded. Repairing …',
} as const

interface Stage {
  readonly video: HTMLVideoElement
  readonly frame: HTMLElement
  readonly playback: Playback | undefined
}

function perform(key: PlayerKey, { video, frame, playback }: Stage): void {
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
    case 'fullscreen':
      toggleFullscreen(frame)
  }
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

function usePlayerKeys(act: (key: PlayerKey) => void): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const key = playerKeyOf(event)
      if (key === undefined) return
      event.preventDefault()
      latest.current(key)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
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
