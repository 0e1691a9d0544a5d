import type { RefObject } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Highlight, Recording } from '../../src/protocol/index.ts'
import { HighlightPanel } from '../highlights/highlight-panel.tsx'
import { RecapsPanel } from '../highlights/recaps-panel.tsx'
import { type Trigger, useTrigger } from '../highlights/use-trigger.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { Icon } from '../parts/icons.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import type { Mark } from '../player/marks.ts'
import { Player, type WallTime } from '../player/player.tsx'
import { codeOf, wordsOf } from '../state/api.ts'
import { formatDateTime } from '../state/format.ts'
import { newestHighlights } from '../state/gallery.ts'
import { loadHighlightsOf } from '../state/highlight-calls.ts'
import { titleOfHighlight } from '../state/highlight-words.ts'
import { useSession } from '../state/hooks.ts'
import { isControllable, isRunning, segmentsOf, titleOf } from '../state/recording-words.ts'
import { mediaUrl } from '../state/service-url.ts'
import { FiguresPanel } from './figures-panel.tsx'
import { LayoutSwitcher } from './layout-switcher.tsx'
import { LinksPanel } from './links-panel.tsx'
import { PauseButton } from './pause-button.tsx'
import { SourcesPanel } from './sources-panel.tsx'
import { StopButton } from './stop-button.tsx'
import { TakesPanel } from './takes-panel.tsx'

interface LoadError {
  readonly words: string
  readonly code: string | undefined
}

/** One recording: its player, its sources and takes, and its controls while it runs. */
export function RecordingPage({ id }: { readonly id: string }) {
  const [session, { library, arrival }] = useSession()
  const [error, setError] = useState<LoadError>()
  const recording = library.get(id)
  const wasThere = useRef(false)
  wasThere.current ||= recording !== undefined
  // `arrival` is a dependency: it loads again when the service is back.
  useEffect(() => {
    session
      .keep((recordings) => recordings.get(id))
      .then(() => setError(undefined))
      .catch((thrown: unknown) => {
        if (codeOf(thrown) === 'recording.not-found') session.forget(id)
        setError({ words: wordsOf(thrown), code: codeOf(thrown) })
      })
  }, [session, id, arrival])
  useEffect(() => {
    document.title = `${recording ? titleOf(recording) : 'Recording'} · Panorec`
  }, [recording])
  return (
    <div class="page">
      <a class="back" href="#/recordings">
        <Icon name="back" /> Recordings
      </a>
      {recording ? <Details recording={recording} /> : <Absence isDeleted={wasThere.current} error={error} />}
    </div>
  )
}

/** The reason why there is no recording to show: it was deleted, it could not be loaded, or it is being loaded. */
function Absence(props: { readonly isDeleted: boolean; readonly error: LoadError | undefined }) {
  const { isDeleted, error } = props
  if (isDeleted)
    return (
      <ErrorNote words="This recording was deleted. What was made of it is under Highlights, unless it was deleted too." />
    )
  if (error) return <ErrorNote words={error.words} {...(error.code ? { code: error.code } : {})} />
  return <div class="stage skeleton" aria-label="Loading" role="status" />
}

function Details({ recording }: { readonly recording: Recording }) {
  const controllable = isControllable(recording)
  const highlights = useHighlightsOf(recording.id)
  const wallTime = useRef<WallTime>(null)
  const trigger = useTrigger(recording, wallTime)
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
            {recording.pausedAt ? <span>Paused since {formatDateTime(recording.pausedAt)}</span> : null}
          </p>
        </div>
        {controllable ? (
          <div class="title-buttons">
            <PauseButton recording={recording} />
            <StopButton recording={recording} />
          </div>
        ) : null}
      </div>
      {recording.error ? <ErrorNote words={recording.error.message} code={recording.error.code} /> : null}
      <div class="columns">
        <div class="column-main">
          <Playback recording={recording} highlights={highlights} trigger={trigger} wallTime={wallTime} />
          <HighlightPanel recording={recording} trigger={trigger} highlights={highlights} />
          {controllable ? <LayoutSwitcher recording={recording} /> : null}
          <FiguresPanel recording={recording} />
        </div>
        <aside class="column-side" aria-label="Details">
          <SourcesPanel recording={recording} />
          <RecapsPanel recordingId={recording.id} />
          <TakesPanel recording={recording} />
          <LinksPanel recording={recording} />
        </aside>
      </div>
    </>
  )
}

/** The recording's highlights, newest first, kept fresh by the session. */
function useHighlightsOf(recordingId: string): readonly Highlight[] {
  const [session, { gallery, arrival }] = useSession()
  useEffect(() => {
    loadHighlightsOf(session, recordingId).catch(() => undefined)
    // `arrival` is a dependency: it loads again when the service is back.
  }, [session, recordingId, arrival])
  return useMemo(
    () => newestHighlights(gallery).filter((highlight) => highlight.recordingId === recordingId),
    [gallery, recordingId],
  )
}

interface PlaybackProps {
  readonly recording: Recording
  readonly highlights: readonly Highlight[]
  readonly trigger: Trigger
  readonly wallTime: RefObject<WallTime>
}

/** The player, as soon as there is media to play. */
function Playback({ recording, highlights, trigger, wallTime }: PlaybackProps) {
  const marks = useMemo(() => highlights.map(markOf), [highlights])
  if (recording.startedAt !== null && segmentsOf(recording) > 0) {
    return (
      <Player
        url={mediaUrl(recording.links.index)}
        title={titleOf(recording)}
        marks={marks}
        onMoment={trigger.pressShown}
        wallTime={wallTime}
      />
    )
  }
  return (
    <div class="stage stage-empty" role="status">
      {isRunning(recording) && !recording.pausedAt ? <span class="player-spinner" aria-hidden="true" /> : null}
      <p>{emptyWords(recording)}</p>
    </div>
  )
}

function emptyWords(recording: Recording): string {
  if (!isRunning(recording)) return 'Nothing was recorded.'
  return recording.pausedAt ? 'Paused before the first picture.' : 'The first picture is on its way …'
}

function markOf(highlight: Highlight): Mark {
  return {
    id: highlight.id,
    label: titleOfHighlight(highlight),
    atMs: Date.parse(highlight.at),
    fromMs: Date.parse(highlight.from),
    toMs: Date.parse(highlight.to),
  }
}
