import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { repeat } from '../../src/timing/index.ts'
import { goLive } from './actions.ts'
import { takeFloor, type Voice } from './floor.ts'
import { playOrMuted } from './play-or-muted.ts'
import { openPlayback, type Playback } from './playback.ts'
import { type PlayerView, readView } from './view.ts'

const REFRESH_MS = 250
/** The events after which the controls are drawn at once. */
const EVENTS = ['play', 'pause', 'seeking', 'volumechange', 'ended', 'waiting', 'playing'] as const

export interface OpenPlayback {
  readonly video: RefObject<HTMLVideoElement | null>
  readonly playback: RefObject<Playback | undefined>
  /** What the controls show; undefined before the first reading. */
  readonly view: PlayerView | undefined
}

/** Plays a URL in the element that `video` refers to, for as long as the caller is shown. */
export function usePlayback(url: string, { autoplay }: { readonly autoplay: boolean }): OpenPlayback {
  const video = useRef<HTMLVideoElement>(null)
  const playback = useRef<Playback>(undefined)
  const [view, setView] = useState<PlayerView>()
  useEffect(() => {
    const element = video.current
    if (element === null) return
    const opened = openPlayback(element, url)
    playback.current = opened
    if (autoplay) playOrMuted(element)
    const stopRefreshing = refresh(element, () => setView(readView(element, opened)))
    return () => {
      stopRefreshing()
      opened[Symbol.dispose]()
      playback.current = undefined
    }
  }, [url])
  useEffect(() => {
    const floor = takeFloor(voiceOf(video, playback))
    return () => floor[Symbol.dispose]()
  }, [])
  return { video, playback, view }
}

/** Calls `draw` at its events and four times a second. Returns a function that ends it. */
function refresh(element: HTMLVideoElement, draw: () => void): () => void {
  const repeater = repeat({ everyMs: REFRESH_MS, work: draw })
  for (const event of EVENTS) element.addEventListener(event, draw)
  return () => {
    repeater[Symbol.dispose]()
    for (const event of EVENTS) element.removeEventListener(event, draw)
  }
}

/** Lets a player above this one silence it, and resume it afterwards, at the live edge if it was there. */
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
