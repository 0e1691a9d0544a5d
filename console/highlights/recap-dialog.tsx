import { useEffect, useState } from 'preact/hooks'
import type { Recap } from '../../src/protocol/index.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { Icon } from '../parts/icons.tsx'
import { Modal } from '../parts/modal.tsx'
import { Player } from '../player/player.tsx'
import { codeOf, wordsOf } from '../state/api.ts'
import { formatBytes, formatDateTime, formatDuration } from '../state/format.ts'
import { loadRecap } from '../state/highlight-calls.ts'
import { titleOfRecap } from '../state/highlight-words.ts'
import { useNow, useSession } from '../state/hooks.ts'
import { mediaUrl } from '../state/service-url.ts'
import { downloadUrl } from './download-url.ts'

/** One recap: its progress, then the film. */
export function RecapDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const [session, { gallery, arrival }] = useSession()
  const [error, setError] = useState<{ words: string; code: string | undefined }>()
  const recap = gallery.recaps.get(id)
  // `arrival` is a dependency: it loads again when the service is back.
  useEffect(() => {
    loadRecap(session, id)
      .then(() => setError(undefined))
      .catch((thrown: unknown) => setError({ words: wordsOf(thrown), code: codeOf(thrown) }))
  }, [session, id, arrival])
  return (
    <Modal labelledBy="recap-title" onClose={onClose} wide>
      <h2 id="recap-title">{recap ? titleOfRecap(recap) : 'Recap'}</h2>
      {recap ? <Film recap={recap} /> : null}
      {recap === undefined && error ? (
        <ErrorNote words={error.words} {...(error.code ? { code: error.code } : {})} />
      ) : null}
    </Modal>
  )
}

function Film({ recap }: { readonly recap: Recap }) {
  if (recap.state === 'failed') {
    return <ErrorNote words={recap.error?.message ?? 'The film could not be made.'} code={recap.error?.code ?? ''} />
  }
  if (recap.state === 'rendering') return <Rendering recap={recap} />
  return (
    <>
      <Player url={mediaUrl(recap.links.mp4)} title={titleOfRecap(recap)} />
      <div class="clip-bar">
        <p class="quiet clip-facts">
          {countOf(recap)} · {formatDuration(recap.durationSec ?? 0)} · {formatBytes(recap.bytes ?? 0)} ·{' '}
          {formatDateTime(recap.createdAt)}
        </p>
        <a class="button button-main" href={downloadUrl(recap.links.mp4)} download>
          <Icon name="download" /> Download
        </a>
      </div>
    </>
  )
}

function Rendering({ recap }: { readonly recap: Recap }) {
  const [session] = useSession()
  useNow(1000)
  const elapsedSec = (session.nowMs() - Date.parse(recap.createdAt)) / 1000
  return (
    <div class="stage stage-empty" role="status">
      <span class="player-spinner" aria-hidden="true" />
      <p>Joining {countOf(recap)} … It plays here when it is ready.</p>
      <span class="bar" aria-hidden="true" />
      <p class="rendering-time">{formatDuration(elapsedSec)}</p>
    </div>
  )
}

function countOf({ highlights }: Recap): string {
  return highlights.length === 1 ? '1 clip' : `${highlights.length} clips`
}
