import { useEffect } from 'preact/hooks'
import type { Recap } from '../../src/protocol/index.ts'
import { Badge } from '../parts/badge.tsx'
import { Icon } from '../parts/icons.tsx'
import { formatBytes, formatDateTime, formatDuration } from '../state/format.ts'
import { loadRecaps } from '../state/highlight-calls.ts'
import { RECAP_WORDS, titleOfRecap } from '../state/highlight-words.ts'
import { useSession } from '../state/hooks.ts'
import { recapLink } from '../state/route.ts'
import { downloadUrl } from './download-url.ts'

/** The recaps of a recording's highlights; nothing while there is none. */
export function RecapsPanel({ recordingId }: { readonly recordingId: string }) {
  const [session, { gallery, arrival }] = useSession()
  useEffect(() => {
    loadRecaps(session, recordingId).catch(() => undefined)
    // `arrival` is a dependency: it loads again when the service is back.
  }, [session, recordingId, arrival])
  const recaps = [...gallery.recaps.values()]
    .filter((recap) => recap.recordingId === recordingId)
    .sort((a, b) => (a.id < b.id ? 1 : -1))
  if (recaps.length === 0) return null
  return (
    <section class="panel" aria-labelledby="recaps-title">
      <h2 id="recaps-title">Recaps</h2>
      <ul class="recaps">
        {recaps.map((recap) => (
          <RecapRow key={recap.id} recap={recap} />
        ))}
      </ul>
    </section>
  )
}

function RecapRow({ recap }: { readonly recap: Recap }) {
  const title = titleOfRecap(recap)
  const length = `${formatDuration(recap.durationSec ?? 0)} · ${formatBytes(recap.bytes ?? 0)}`
  return (
    <li class="recap">
      <span class="recap-icon" aria-hidden="true">
        <Icon name={recap.state === 'ready' ? 'play' : 'film'} />
      </span>
      <span class="recap-name">
        <a class="row-link" href={recapLink(recap.id)} aria-label={`Play ${title}`}>
          {title}
        </a>
        <span class="quiet">{recap.state === 'ready' ? length : formatDateTime(recap.createdAt)}</span>
      </span>
      {recap.state === 'ready' ? (
        <a
          class="icon-button recap-download"
          href={downloadUrl(recap.links.mp4)}
          download
          aria-label={`Download ${title}`}
          title="Download"
        >
          <Icon name="download" />
        </a>
      ) : (
        <Badge {...RECAP_WORDS[recap.state]} />
      )}
    </li>
  )
}
