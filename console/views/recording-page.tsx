import { useEffect, useState } from 'preact/hooks'
import type { Recording } from '../../src/protocol/index.ts'
import { Player } from '../player/player.tsx'
import { codeOf, mediaUrl, wordsOf } from '../state/api.ts'
import { formatDateTime } from '../state/format.ts'
import { useSession } from '../state/hooks.ts'
import { isControllable, isRunning, segmentsOf, titleOf } from '../state/recording-words.ts'
import { ErrorNote } from './error-note.tsx'
import { FiguresPanel } from './figures-panel.tsx'
import { Icon } from './icons.tsx'
import { LayoutSwitcher } from './layout-switcher.tsx'
import { LinksPanel } from './links-panel.tsx'
import { SourcesPanel } from './sources-panel.tsx'
import { StateBadge } from './state-badge.tsx'
import { StopButton } from './stop-button.tsx'
import { TakesPanel } from './takes-panel.tsx'

/** One recording: its picture, what it is made of, and what can be done with it while it runs. */
export function RecordingPage({ id }: { readonly id: string }) {
  const [session, { library, arrival }] = useSession()
  const [error, setError] = useState<{ words: string; code: string | undefined }>()
  const recording = library.get(id)
  // `arrival`: a service that is back is asked again.
  useEffect(() => {
    session
      .keep((recordings) => recordings.get(id))
      .then(() => setError(undefined))
      .catch((thrown: unknown) => setError({ words: wordsOf(thrown), code: codeOf(thrown) }))
  }, [session, id, arrival])
  useEffect(() => {
    document.title = `${recording ? titleOf(recording) : 'Recording'} · Panorec`
  }, [recording])
  return (
    <div class="page">
      <a class="back" href="#/recordings">
        <Icon name="back" /> Recordings
      </a>
      {recording ? <Details recording={recording} /> : null}
      {recording === undefined && error ? (
        <ErrorNote words={error.words} {...(error.code ? { code: error.code } : {})} />
      ) : null}
      {recording === undefined && !error ? <div class="stage skeleton" aria-label="Loading" role="status" /> : null}
    </div>
  )
}

function Details({ recording }: { readonly recording: Recording }) {
  const controllable = isControllable(recording)
  return (
    <>
      <div class="title-row">
        <div class="title">
          <h1>{titleOf(recording)}</h1>
          <p class="title-note">
            <StateBadge state={recording.state} />
            <span>
              {recording.startedAt
                ? `Started ${formatDateTime(recording.startedAt)}`
                : `Requested ${formatDateTime(recording.createdAt)}`}
            </span>
          </p>
        </div>
        {controllable ? <StopButton recording={recording} /> : null}
      </div>
      {recording.error ? <ErrorNote words={recording.error.message} code={recording.error.code} /> : null}
      <div class="columns">
        <div class="column-main">
          <Stage recording={recording} />
          {controllable ? <LayoutSwitcher recording={recording} /> : null}
          <FiguresPanel recording={recording} />
        </div>
        <aside class="column-side" aria-label="Details">
          <SourcesPanel recording={recording} />
          <TakesPanel recording={recording} />
          <LinksPanel recording={recording} />
        </aside>
      </div>
    </>
  )
}

/** The player, as soon as there is anything to play. */
function Stage({ recording }: { readonly recording: Recording }) {
  if (recording.startedAt !== null && segmentsOf(recording) > 0) {
    return <Player url={mediaUrl(recording.links.index)} title={titleOf(recording)} />
  }
  return (
    <div class="stage stage-empty" role="status">
      {isRunning(recording) ? <span class="player-spinner" aria-hidden="true" /> : null}
      <p>{isRunning(recording) ? 'The first picture is on its way …' : 'Nothing was recorded.'}</p>
    </div>
  )
}
