import { Icon } from '../parts/icons.tsx'
import { formatDuration } from '../state/format.ts'
import type { PlayerKey } from './keys.ts'
import { type PlacedMark, spanOf } from './marks.ts'
import type { PlayerView } from './view.ts'

interface ControlsProps {
  readonly view: PlayerView
  readonly onKey: (key: PlayerKey) => void
  readonly onSeek: (sec: number) => void
  readonly onVolume: (volume: number) => void
  readonly onLive: () => void
  readonly marks: readonly PlacedMark[]
  readonly onMoment?: () => void
}

/** The bar below the picture. */
export function Controls({ view, onKey, onSeek, onVolume, onLive, marks, onMoment }: ControlsProps) {
  return (
    <div class="controls">
      <div class="seek-line">
        <SeekBar view={view} onSeek={onSeek} />
        <Marks view={view} onSeek={onSeek} marks={marks} />
      </div>
      <div class="controls-row">
        <ControlButton label={view.paused ? 'Play (space)' : 'Pause (space)'} onClick={() => onKey('toggle')}>
          <Icon name={view.paused ? 'play' : 'pause'} />
        </ControlButton>
        <ControlButton label={view.muted ? 'Unmute (m)' : 'Mute (m)'} onClick={() => onKey('mute')}>
          <Icon name={view.muted ? 'muted' : 'volume'} />
        </ControlButton>
        <input
          class="range volume"
          type="range"
          min="0"
          max="1"
          step="0.05"
          aria-label="Volume"
          value={view.muted ? 0 : view.volume}
          style={{ '--done': `${(view.muted ? 0 : view.volume) * 100}%` }}
          onInput={(event) => onVolume(event.currentTarget.valueAsNumber)}
        />
        <span class="controls-time">
          {formatDuration(view.positionSec - view.startSec)}
          <span class="controls-total"> / {formatDuration(view.endSec - view.startSec)}</span>
        </span>
        <span class="controls-space" />
        {view.live ? <LiveButton view={view} onLive={onLive} /> : null}
        {onMoment ? (
          <ControlButton label="Highlight this moment" onClick={onMoment}>
            <Icon name="spark" />
          </ControlButton>
        ) : null}
        <ControlButton label="Full screen (f)" onClick={() => onKey('fullscreen')}>
          <Icon name="fullscreen" />
        </ControlButton>
      </div>
    </div>
  )
}

function SeekBar({ view, onSeek }: Pick<ControlsProps, 'view' | 'onSeek'>) {
  const span = Math.max(0.1, view.endSec - view.startSec)
  const part = (sec: number) => `${Math.min(100, Math.max(0, ((sec - view.startSec) / span) * 100))}%`
  return (
    <input
      class="range seek"
      type="range"
      min={view.startSec}
      max={view.endSec}
      step="0.1"
      aria-label="Position"
      aria-valuetext={`${formatDuration(view.positionSec - view.startSec)} of ${formatDuration(span)}`}
      value={view.positionSec}
      style={{ '--done': part(view.positionSec), '--loaded': part(view.bufferedSec) }}
      onInput={(event) => onSeek(event.currentTarget.valueAsNumber)}
    />
  )
}

/** Highlights on the time line. The keys `,` and `.` lead to them too, so they are no stops of the tabulator. */
function Marks({ view, onSeek, marks }: Pick<ControlsProps, 'view' | 'onSeek' | 'marks'>) {
  return (
    <div class="marks">
      {marks.map((mark) => {
        const { left, width, at } = spanOf(mark, view)
        const label = `${mark.label}, at ${formatDuration(mark.atSec - view.startSec)}`
        return (
          <span key={mark.id}>
            <span class="mark-range" style={{ left: `${left}%`, width: `${width}%` }} />
            <button
              type="button"
              class="mark"
              tabIndex={-1}
              aria-label={`Go to the highlight ${label}`}
              title={label}
              style={{ left: `${at}%` }}
              onClick={() => onSeek(mark.atSec)}
            />
          </span>
        )
      })}
    </div>
  )
}

function LiveButton({ view, onLive }: Pick<ControlsProps, 'view' | 'onLive'>) {
  const behind = view.behindSec === undefined ? '' : `${Math.round(view.behindSec)} s behind live`
  return (
    <>
      <span class="controls-behind">{behind}</span>
      <button
        type="button"
        class={`live-button${view.atLiveEdge ? ' live-button-on' : ''}`}
        aria-label={view.atLiveEdge ? 'At the live edge' : 'Go to the live edge'}
        onClick={onLive}
      >
        <span class="live-dot" aria-hidden="true" />
        Live
      </button>
    </>
  )
}

function ControlButton(props: {
  readonly label: string
  readonly onClick: () => void
  readonly children: preact.ComponentChildren
}) {
  return (
    <button type="button" class="control" aria-label={props.label} title={props.label} onClick={props.onClick}>
      {props.children}
    </button>
  )
}
