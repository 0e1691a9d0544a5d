import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Highlight } from '../../src/protocol/index.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { Icon } from '../parts/icons.tsx'
import { Modal } from '../parts/modal.tsx'
import { isKeyFor } from '../player/keys.ts'
import { wordsOf } from '../state/api.ts'
import { deleteHighlight } from '../state/highlight-calls.ts'
import { titleOfHighlight } from '../state/highlight-words.ts'
import { useKeys, useSession } from '../state/hooks.ts'
import { downloadUrl } from './download-url.ts'
import { useFavourite } from './favourite-button.tsx'
import { SharePanel } from './share-panel.tsx'

/** Favourite, share, download and delete, beside what the clip is about. */
export function HighlightActions(props: {
  readonly highlight: Highlight
  readonly onDeleted: () => void
  readonly children: ComponentChildren
}) {
  const { highlight } = props
  const area = useRef<HTMLDivElement>(null)
  const [sharing, setSharing] = useState(false)
  const [deleting, setDeleting] = useState(false)
  const [error, setError] = useState<string>()
  const toggleFavourite = useFavourite(highlight, setError)
  useKeys((event) => {
    if (area.current === null || !isKeyFor(event, area.current)) return
    const key = event.key.toLowerCase()
    if (key === 's') setSharing(!sharing)
    else if (key === 'v') void toggleFavourite()
    else return
    event.preventDefault()
  })
  return (
    <div ref={area}>
      <div class="clip-bar">
        {props.children}
        <div class="clip-buttons">
          <button
            type="button"
            class="button button-heart"
            aria-pressed={highlight.favourite}
            title="Favourite (v)"
            onClick={toggleFavourite}
          >
            <Icon name={highlight.favourite ? 'heart' : 'heartLine'} /> Favourite
          </button>
          <button
            type="button"
            class="button"
            aria-expanded={sharing}
            disabled={highlight.state === 'failed'}
            title="Share (s)"
            onClick={() => setSharing(!sharing)}
          >
            <Icon name="share" /> Share
          </button>
          <Download highlight={highlight} />
          <button
            type="button"
            class="icon-button button-delete"
            aria-label="Delete"
            title="Delete"
            onClick={() => setDeleting(true)}
          >
            <Icon name="trash" />
          </button>
        </div>
      </div>
      {error ? <ErrorNote words={error} /> : null}
      {sharing ? <SharePanel highlight={highlight} /> : null}
      {deleting ? (
        <DeleteDialog highlight={highlight} onClose={() => setDeleting(false)} onDeleted={props.onDeleted} />
      ) : null}
    </div>
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
  const [error, setError] = useState<string>()
  const remove = async () => {
    setBusy(true)
    try {
      await deleteHighlight(session, props.highlight.id)
      props.onDeleted()
    } catch (thrown) {
      setError(wordsOf(thrown))
      setBusy(false)
    }
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
