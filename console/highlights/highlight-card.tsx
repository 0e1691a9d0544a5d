import { useState } from 'preact/hooks'
import type { Highlight, Recording } from '../../src/protocol/index.ts'
import { Icon } from '../parts/icons.tsx'
import { formatAge, formatDateTime, formatDuration } from '../state/format.ts'
import { lengthOf, notesOf, titleOfHighlight, triggeredBy } from '../state/highlight-words.ts'
import { useMotionAllowed } from '../state/hooks.ts'
import { titleOf } from '../state/recording-words.ts'
import { highlightLink } from '../state/route.ts'
import { mediaUrl } from '../state/service-url.ts'
import { FavouriteButton } from './favourite-button.tsx'
import { Progress } from './progress.tsx'

export interface Choice {
  /** From 1 on, in the order of choosing; undefined while it is not chosen. */
  readonly place: number | undefined
  /** Why it cannot be chosen. */
  readonly refusal: string | undefined
  readonly toggle: () => void
}

interface HighlightCardProps {
  readonly highlight: Highlight
  readonly nowMs: number
  /** The recording, where the view shows those of many. */
  readonly recording?: Recording | undefined
  /** Given while clips are being chosen: a press chooses, and opens nothing. */
  readonly choice?: Choice | undefined
}

/** One highlight: its poster, which moves when it is pointed at, and its facts. */
export function HighlightCard({ highlight, nowMs, recording, choice }: HighlightCardProps) {
  const [pointedAt, setPointedAt] = useState(false)
  const [error, setError] = useState<string>()
  const title = titleOfHighlight(highlight)
  const chosen = choice?.place !== undefined
  const awake = { onPointerEnter: () => setPointedAt(true), onPointerLeave: () => setPointedAt(false) }
  return (
    <li
      class={`card${chosen ? ' card-chosen' : ''}${choice?.refusal ? ' card-refused' : ''}`}
      data-state={highlight.state}
      onFocusIn={() => setPointedAt(true)}
      onFocusOut={() => setPointedAt(false)}
      {...awake}
    >
      <div class="card-picture">
        <Picture highlight={highlight} moving={pointedAt} />
        {highlight.state === 'ready' ? <span class="card-length">{formatDuration(lengthOf(highlight))}</span> : null}
        {choice ? <ChoiceMark choice={choice} title={title} /> : null}
      </div>
      <div class="card-text">
        {choice ? (
          <span class="card-title">{title}</span>
        ) : (
          <a class="card-title card-link" href={highlightLink(highlight.id)}>
            {title}
          </a>
        )}
        <span class="card-note" title={formatDateTime(highlight.at)}>
          {triggeredBy(highlight)} · {formatAge(highlight.at, nowMs)}
        </span>
        {recording ? <span class="card-note card-recording">{titleOf(recording)}</span> : null}
        {error ? (
          <span class="card-error" role="alert">
            {error}
          </span>
        ) : null}
      </div>
      {choice ? null : <FavouriteButton highlight={highlight} onError={setError} />}
    </li>
  )
}

function ChoiceMark({ choice, title }: { readonly choice: Choice; readonly title: string }) {
  return (
    <label class="card-choice" title={choice.refusal}>
      <input
        type="checkbox"
        aria-label={choice.refusal ? `${title}: ${choice.refusal}` : `Choose ${title}`}
        checked={choice.place !== undefined}
        disabled={choice.refusal !== undefined}
        onChange={choice.toggle}
      />
      <span class="card-place" aria-hidden="true">
        {choice.place ?? ''}
      </span>
    </label>
  )
}

function Picture({ highlight, moving }: { readonly highlight: Highlight; readonly moving: boolean }) {
  const motionAllowed = useMotionAllowed()
  if (highlight.state !== 'ready') return <Progress highlight={highlight} />
  return (
    <>
      <img class="card-poster" src={mediaUrl(highlight.links.poster)} alt="" loading="lazy" draggable={false} />
      {moving && motionAllowed ? (
        <img class="card-preview" src={mediaUrl(highlight.links.preview)} alt="" draggable={false} />
      ) : null}
      {notesOf(highlight).length > 0 ? (
        <span class="card-warning" title={notesOf(highlight).join(' ')}>
          <Icon name="alert" />
        </span>
      ) : null}
    </>
  )
}
