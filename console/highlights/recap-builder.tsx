import { useState } from 'preact/hooks'
import type { Highlight, RecapRequest, Recording } from '../../src/protocol/index.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { Icon } from '../parts/icons.tsx'
import { Modal } from '../parts/modal.tsx'
import { formatDuration } from '../state/format.ts'
import { makeRecap } from '../state/highlight-calls.ts'
import { lengthOf, titleOfHighlight } from '../state/highlight-words.ts'
import { useSession } from '../state/hooks.ts'
import { titleOf } from '../state/recording-words.ts'
import { recapLink } from '../state/route.ts'
import { mediaUrl } from '../state/service-url.ts'
import { useAttempt } from '../state/use-attempt.ts'

const CROSSFADE_SEC = 0.5
const MAX_CROSSFADE_SEC = 2

interface RecapBuilderProps {
  readonly highlights: readonly Highlight[]
  readonly recording: Recording | undefined
  readonly onClose: () => void
  readonly onMade: () => void
}

/** Puts chosen clips in order and asks for one film of them. */
export function RecapBuilder(props: RecapBuilderProps) {
  const [clips, setClips] = useState(props.highlights)
  const [title, setTitle] = useState(props.recording ? titleOf(props.recording) : '')
  const [titles, setTitles] = useState(true)
  const [crossfadeSec, setCrossfadeSec] = useState(CROSSFADE_SEC)
  const { busy, error, make } = useMakeRecap(props.onMade)
  const submit = (event: Event) => {
    event.preventDefault()
    void make(clips, { title: title.trim(), titles, crossfadeSec })
  }
  return (
    <Modal labelledBy="recap-builder-title" onClose={props.onClose}>
      <h2 id="recap-builder-title">New recap</h2>
      <form class="form" onSubmit={submit}>
        <label class="field">
          Title
          <input value={title} maxLength={200} onInput={(event) => setTitle(event.currentTarget.value)} />
        </label>
        <ClipOrder clips={clips} onOrder={setClips} />
        <label class="field-inline">
          <input type="checkbox" checked={titles} onChange={(event) => setTitles(event.currentTarget.checked)} />
          Each clip begins with its label
        </label>
        <CrossfadeField sec={crossfadeSec} onSec={setCrossfadeSec} />
        {error ? <ErrorNote words={error} /> : null}
        <div class="dialog-buttons">
          <span class="quiet recap-length">About {formatDuration(filmLength(clips, crossfadeSec))}</span>
          <button type="submit" class="button button-main" disabled={busy || clips.length === 0}>
            {busy ? 'Asking …' : 'Make the film'}
          </button>
        </div>
      </form>
    </Modal>
  )
}

/** Asks for the film and opens it. `busy` stays true after a success, so that a second press asks for no second film. */
function useMakeRecap(onMade: () => void) {
  const [session] = useSession()
  const [busy, setBusy] = useState(false)
  const { error, attempt } = useAttempt()
  const make = async (clips: readonly Highlight[], { title, ...options }: Omit<RecapRequest, 'highlights'>) => {
    const [first] = clips
    if (first === undefined) return
    setBusy(true)
    const isMade = await attempt(async () => {
      const request = { highlights: clips.map(({ id }) => id), ...options, ...(title ? { title } : {}) }
      const recap = await makeRecap(session, first.recordingId, request)
      onMade()
      location.hash = recapLink(recap.id)
    })
    if (!isMade) setBusy(false)
  }
  return { busy, error, make }
}

function CrossfadeField({ sec, onSec }: { readonly sec: number; readonly onSec: (sec: number) => void }) {
  return (
    <label class="field-inline field-range">
      Cross-fade
      <input
        type="range"
        min="0"
        max={MAX_CROSSFADE_SEC}
        step="0.1"
        value={sec}
        onInput={(event) => onSec(event.currentTarget.valueAsNumber)}
      />
      <output>{sec === 0 ? 'none' : `${sec.toFixed(1)} s`}</output>
    </label>
  )
}

function ClipOrder(props: {
  readonly clips: readonly Highlight[]
  readonly onOrder: (clips: readonly Highlight[]) => void
}) {
  const { clips, onOrder } = props
  return (
    <ol class="clip-order" aria-label="Order of the film">
      {clips.map((clip, index) => {
        const title = titleOfHighlight(clip)
        return (
          <li key={clip.id} class="clip-row">
            <img src={mediaUrl(clip.links.poster)} alt="" />
            <span class="clip-name">
              {title}
              <span class="quiet">{formatDuration(lengthOf(clip))}</span>
            </span>
            <RowButton
              label={`${title}: earlier`}
              icon="up"
              disabled={index === 0}
              onClick={() => onOrder(moved(clips, index, index - 1))}
            />
            <RowButton
              label={`${title}: later`}
              icon="down"
              disabled={index === clips.length - 1}
              onClick={() => onOrder(moved(clips, index, index + 1))}
            />
            <RowButton
              label={`${title}: leave out`}
              icon="close"
              disabled={clips.length === 1}
              onClick={() => onOrder(clips.toSpliced(index, 1))}
            />
          </li>
        )
      })}
    </ol>
  )
}

function RowButton(props: {
  readonly label: string
  readonly icon: 'up' | 'down' | 'close'
  readonly disabled: boolean
  readonly onClick: () => void
}) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  )
}

function moved(clips: readonly Highlight[], from: number, to: number): readonly Highlight[] {
  const clip = clips[from]
  return clip === undefined ? clips : clips.toSpliced(from, 1).toSpliced(to, 0, clip)
}

/** Seconds of the film without its title cards: a cross-fade shows the end of one clip over the start of the next. */
function filmLength(clips: readonly Highlight[], crossfadeSec: number): number {
  const whole = clips.reduce((sum, clip) => sum + lengthOf(clip), 0)
  return Math.max(0, whole - crossfadeSec * (clips.length - 1))
}
