import type { RefObject } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { after } from '../../src/timing/index.ts'
import { useKeys } from '../state/hooks.ts'
import { goLive, perform, seek, setVolume } from './actions.ts'
import { Controls } from './controls.tsx'
import { type PlayerKey, playerKeyOf } from './keys.ts'
import { type Mark, type PlacedMark, placeMarks } from './marks.ts'
import type { PlaybackStatus } from './playback.ts'
import { type OpenPlayback, usePlayback } from './use-playback.ts'

/** Controls fade away after this long without a movement. */
const IDLE_MS = 2600

/** Reads the wall time of the picture shown, epoch ms; null while there is no player. */
export type WallTime = (() => number | undefined) | null

interface PlayerProps {
  /** A playlist or a file. */
  readonly url: string
  readonly title: string
  /** True by default. */
  readonly autoplay?: boolean
  /** Moments to show on the time line. */
  readonly marks?: readonly Mark[]
  /** Asks for a highlight of what is shown; without it there is no button for that. */
  readonly onMoment?: () => void
  readonly onEnded?: () => void
  /** Set to a function that reads the wall time. */
  readonly wallTime?: RefObject<WallTime>
}

const NO_MARKS: readonly Mark[] = []

/** A video player for a recording, while it runs and afterwards, and for a clip. */
export function Player(props: PlayerProps) {
  const frame = useRef<HTMLDivElement>(null)
  const opened = usePlayback(props.url, { autoplay: props.autoplay ?? true })
  const [idle, wake] = useIdle()
  const marks = usePlacedMarks(props.marks, opened)
  const { video, playback, view } = opened
  const act = (key: PlayerKey) => {
    if (video.current === null || frame.current === null) return
    perform(key, { video: video.current, frame: frame.current, playback: playback.current ?? undefined, marks })
    wake()
  }
  usePlayerKeys(frame, act)
  useWallTime(props.wallTime, opened)
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
      {view?.trouble ? <Trouble trouble={view.trouble} /> : null}
      {view ? (
        <Controls
          view={view}
          onKey={act}
          onSeek={(sec) => seek(video.current, sec)}
          onVolume={(volume) => setVolume(video.current, volume)}
          onLive={() => goLive(video.current, playback.current ?? undefined)}
          marks={marks}
          {...(props.onMoment ? { onMoment: props.onMoment } : {})}
        />
      ) : null}
    </section>
  )
}

const TROUBLE_WORDS = {
  reconnecting: 'The connection is lost. Trying again …',
  repairing: 'The picture could not be decoded. Repairing …',
} as const

function Trouble({ trouble }: { readonly trouble: NonNullable<PlaybackStatus['trouble']> }) {
  return (
    <p class="player-trouble" role="status">
      {TROUBLE_WORDS[trouble]}
    </p>
  )
}

/** The marks on the media's time line; placed again whenever the media's range changes, because positions follow from it. */
function usePlacedMarks(marks: readonly Mark[] = NO_MARKS, { playback, view }: OpenPlayback): readonly PlacedMark[] {
  return useMemo(
    () => placeMarks(marks, (wallMs) => playback.current?.positionOf(wallMs)),
    [marks, view?.startSec, view?.endSec],
  )
}

function usePlayerKeys(frame: RefObject<HTMLDivElement | null>, act: (key: PlayerKey) => void): void {
  useKeys((event) => {
    const key = frame.current === null ? undefined : playerKeyOf(event, frame.current)
    if (key === undefined) return
    event.preventDefault()
    act(key)
  })
}

function useWallTime(target: PlayerProps['wallTime'], { video, playback }: OpenPlayback): void {
  useEffect(() => {
    if (target === undefined) return
    target.current = () => {
      const position = video.current?.currentTime
      return position === undefined ? undefined : playback.current?.wallTimeAt(position)
    }
    return () => {
      target.current = null
    }
  }, [target])
}

/** True when nothing has moved for a while, and the function that ends that. */
function useIdle(): [boolean, () => void] {
  const [idle, setIdle] = useState(false)
  const timer = useRef<Disposable>(undefined)
  const wake = () => {
    setIdle(false)
    timer.current?.[Symbol.dispose]()
    timer.current = after(IDLE_MS, () => setIdle(true))
  }
  useEffect(() => {
    wake()
    return () => timer.current?.[Symbol.dispose]()
  }, [])
  return [idle, wake]
}
