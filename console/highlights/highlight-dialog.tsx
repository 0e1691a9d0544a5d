import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Highlight } from '../../src/protocol/index.ts'
import { Badge } from '../parts/badge.tsx'
import { ErrorNote } from '../parts/error-note.tsx'
import { Icon } from '../parts/icons.tsx'
import { Modal } from '../parts/modal.tsx'
import { Player } from '../player/player.tsx'
import { codeOf, wordsOf } from '../state/api.ts'
import { formatBytes, formatDateTime, formatDuration } from '../state/format.ts'
import { loadHighlight } from '../state/highlight-calls.ts'
import {
  HIGHLIGHT_WORDS,
  isPlayable,
  lengthOf,
  notesOf,
  titleOfHighlight,
  triggeredBy,
} from '../state/highlight-words.ts'
import { useRecordings, useSession } from '../state/hooks.ts'
import { titleOf } from '../state/recording-words.ts'
import { recordingLink } from '../state/route.ts'
import { mediaUrl } from '../state/service-url.ts'
import { HighlightActions } from './highlight-actions.tsx'
import { LabelField } from './label-field.tsx'
import { Progress } from './progress.tsx'

/** One highlight: its clip, its facts and its actions. */
export function HighlightDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const [session, { gallery, arrival }] = useSession()
  const [error, setError] = useState<{ words: string; code: string | undefined }>()
  const highlight = gallery.highlights.get(id)
  // `arrival` is a dependency: it loads again when the service is back.
  useEffect(() => {
    loadHighlight(session, id)
      .then(() => setError(undefined))
      .catch((thrown: unknown) => setError({ words: wordsOf(thrown), code: codeOf(thrown) }))
  }, [session, id, arrival])
  return (
    <Modal labelledBy="highlight-title" onClose={onClose} wide>
      {highlight ? (
        <Content highlight={highlight} onClose={onClose} />
      ) : (
        <>
          <h2 id="highlight-title">Highlight</h2>
          {error ? <ErrorNote words={error.words} {...(error.code ? { code: error.code } : {})} /> : null}
        </>
      )}
    </Modal>
  )
}

function Content({ highlight, onClose }: { readonly highlight: Highlight; readonly onClose: () => void }) {
  const [, { library }] = useSession()
  useRecordings([highlight.recordingId])
  const recording = library.get(highlight.recordingId)
  return (
    <>
      <Title highlight={highlight} />
      <Clip highlight={highlight} />
      {highlight.error ? <ErrorNote words={highlight.error.message} code={highlight.error.code} /> : null}
      {notesOf(highlight).map((note) => (
        <p key={note} class="note note-busy">
          <Icon name="alert" /> {note}
        </p>
      ))}
      <HighlightActions highlight={highlight} onDeleted={onClose}>
        <p class="clip-facts">
          {highlight.state === 'ready' ? null : <Badge {...HIGHLIGHT_WORDS[highlight.state]} />}
          <span>{triggeredBy(highlight)}</span>
          <span>{formatDateTime(highlight.at)}</span>
          <span>
            {formatDuration(lengthOf(highlight))}
            {highlight.bytes === null ? '' : `, ${formatBytes(highlight.bytes)}`}
          </span>
          <a href={recordingLink(highlight.recordingId)}>{recording ? titleOf(recording) : 'Recording'}</a>
        </p>
      </HighlightActions>
    </>
  )
}

function Title({ highlight }: { readonly highlight: Highlight }) {
  const [editing, setEditing] = useState(false)
  const edited = useRef(false)
  const field = useRef<HTMLInputElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  // Without the focus in the field its letters would be the short cuts of the dialog.
  useLayoutEffect(() => {
    if (editing) field.current?.focus()
    else if (edited.current) button.current?.focus()
    edited.current = editing
  }, [editing])
  if (editing) {
    return (
      <>
        <h2 id="highlight-title" class="visually-hidden">
          {titleOfHighlight(highlight)}
        </h2>
        <LabelField highlight={highlight} labels={[]} field={field} onDone={() => setEditing(false)} />
      </>
    )
  }
  return (
    <div class="modal-title">
      <h2 id="highlight-title">{titleOfHighlight(highlight)}</h2>
      <button ref={button} type="button" class="link-button" onClick={() => setEditing(true)}>
        {highlight.label === null ? 'Add a label' : 'Rename'}
      </button>
    </div>
  )
}

/** The instant playlist as soon as it plays, the exact file once it is there. */
function Clip({ highlight }: { readonly highlight: Highlight }) {
  const [source, onEnded] = useClipSource(highlight)
  if (source === undefined) {
    return (
      <div class="stage stage-empty" role="status">
        <Progress highlight={highlight} />
      </div>
    )
  }
  const { playlist, mp4 } = highlight.links
  return (
    <Player
      url={mediaUrl(source === 'instant' ? playlist : mp4)}
      title={titleOfHighlight(highlight)}
      autoplay={source !== 'replaced'}
      onEnded={onEnded}
    />
  )
}

/** `replaced` is the exact file in the place of a playlist that was watched to its end; it waits to be started. */
type ClipSource = 'instant' | 'exact' | 'replaced'

/** A viewer of the instant playlist watches it to its end: the exact file replaces it only then. */
function useClipSource(highlight: Highlight): readonly [ClipSource | undefined, () => void] {
  const [source, setSource] = useState<ClipSource>()
  const ready = highlight.state === 'ready'
  const first = ready ? 'exact' : isPlayable(highlight) ? 'instant' : undefined
  useEffect(() => {
    if (source === undefined) setSource(first)
  }, [source, first])
  return [source ?? first, () => (ready && source === 'instant' ? setSource('replaced') : undefined)]
}
