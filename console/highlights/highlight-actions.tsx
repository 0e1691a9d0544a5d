import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Highlight } from '../../src/protocol/index.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { Icon } from '../parts/icons.tsx'
import { Modal } from '../parts/modal.tsx'
import { deleteHighlight } from '../state/highlight-calls.ts'
import { titleOfHighlight } from '../state/highlight-words.ts'
import { useKeys, useSession } from '../state/hooks.ts'
import { isKeyFor } from '../state/keys.ts'
import { useAttempt } from '../state/use-attempt.ts'
import { downloadUrl } from './download-url.ts'
import { useFavourite } from './favourite-button.tsx'
import { SharePanel } from './share-panel.tsx'

interface HighlightActionsProps {
  readonly highlight: Highlight
  readonly onDeleted: () => void
  readonly children: ComponentChildren
}

/** Favourite, share, download and delete, beside the facts of the clip. */
export function HighlightActions({ highlight, onDeleted, children }: HighlightActionsProps) {
  const area = useRef<HTMLDivElement>(null)
  const [sharing, setSharing] = useState(false)
  const [deleting, setDeleting] = useState(false)
  const [error, setError] = useState<string>()
  const toggleFavourite = useFavourite(highlight, setError)
  const toggleSharing = () => setSharing(!sharing)
  useKeys((event) => {
    if (area.current === null || !isKeyFor(event, area.current)) return
    const key = event.key.toLowerCase()
    if (key === 's') toggleSharing()
    else if (key === 'v') void toggleFavourite()
    else return
    event.preventDefault()
  })
  return (
    <div ref={area}>
      <div class="clip-bar">
        {children}
        <div class="clip-buttons">
          <FavouriteToggle highlight={highlight} onToggle={toggleFavourite} />
          <ShareToggle highlight={highlight} sharing={sharing} onToggle={toggleSharing} />
          <Download highlight={highlight} />
          <DeleteButton onPress={() => setDeleting(true)} />
        </div>
      </div>
      {error ? <ErrorNote words={error} /> : null}
      {sharing ? <SharePanel highlight={highlight} /> : null}
      {deleting ? (
        <DeleteDialog highlight={highlight} onClose={() => setDeleting(false)} onDeleted={onDeleted} />
      ) : null}
    </div>
  )
}

function FavouriteToggle(props: { readonly highlight: Highlight; readonly onToggle: () => void }) {
  const { favourite } = props.highlight
  return (
    <button
      type="button"
      class="button button-heart"
      aria-pressed={favourite}
      title="Favourite (v)"
      onClick={props.onToggle}
    >
      <Icon name={favourite ? 'heart' : 'heartLine'} /> Favourite
    </button>
  )
}

function ShareToggle(props: {
  readonly highlight: Highlight
  readonly sharing: boolean
  readonly onToggle: () => void
}) {
  return (
    <button
      type="button"
      class="button"
      aria-expanded={props.sharing}
      disabled={props.highlight.state === 'failed'}
      title="Share (s)"
      onClick={props.onToggle}
    >
      <Icon name="share" /> Share
    </button>
  )
}

function DeleteButton({ onPress }: { readonly onPress: () => void }) {
  return (
    <button type="button" class="icon-button button-delete" aria-label="Delete" title="Delete" onClick={onPress}>
      <Icon name="trash" />
    </button>
  )
}

function Download({ highlight }: { readonly highlight: Highlight }) {
  if (highlight.state !== 'ready') {
    return (
      <button type="button" class="button" disabled>
        <Icon name="download" /> Download
      </button>
    )
  }
  return (
    <a class="button" href={downloadUrl(highlight.links.mp4)} download>
      <Icon name="download" /> Download
    </a>
  )
}

function DeleteDialog(props: {
  readonly highlight: Highlight
  readonly onClose: () => void
  readonly onDeleted: () => void
}) {
  const [session] = useSession()
  const [busy, setBusy] = useState(false)
  const { error, attempt } = useAttempt()
  const remove = async () => {
    setBusy(true)
    const isDeleted = await attempt(() => deleteHighlight(session, props.highlight.id))
    if (isDeleted) props.onDeleted()
    else setBusy(false)
  }
  return (
    <Modal labelledBy="delete-title" onClose={props.onClose}>
      <h2 id="delete-title">Delete “{titleOfHighlight(props.highlight)}”?</h2>
      <p>Its clip is gone then, and links to it open nothing. The recording stays.</p>
      {error ? <ErrorNote words={error} /> : null}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={props.onClose}>
          Keep it
        </button>
        <button type="button" class="button button-stop" disabled={busy} onClick={remove}>
          {busy ? 'Deleting …' : 'Delete'}
        </button>
      </div>
    </Modal>
  )
}
