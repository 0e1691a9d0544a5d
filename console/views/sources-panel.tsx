import type { Recording, Source } from '../../src/protocol/index.ts'
import { Badge } from '../parts/badge.tsx'
import { Icon } from '../parts/icons.tsx'
import { formatAge } from '../state/format.ts'
import { useNow } from '../state/hooks.ts'
import { isRunning, SOURCE_WORDS } from '../state/recording-words.ts'

export function SourcesPanel({ recording }: { readonly recording: Recording }) {
  const now = useNow(5000)
  return (
    <section class="panel" aria-labelledby="sources-title">
      <h2 id="sources-title">Sources</h2>
      {recording.sources.length === 0 ? <p class="quiet">This recording has no sources.</p> : null}
      <ul class="sources">
        {recording.sources.map((source) => (
          <SourceRow key={source.id} source={source} running={isRunning(recording)} nowMs={now} />
        ))}
      </ul>
    </section>
  )
}

function SourceRow(props: { readonly source: Source; readonly running: boolean; readonly nowMs: number }) {
  const { source, running, nowMs } = props
  const words = running ? SOURCE_WORDS[source.state] : { label: 'Ended', tone: 'quiet' as const }
  return (
    <li class="source">
      <span class={`avatar avatar-${source.role}`} aria-hidden="true">
        {[...source.label][0]?.toUpperCase()}
      </span>
      <span class="source-name">
        <span>
          {source.label}{' '}
          {source.muted ? (
            <span class="tag" title="Muted">
              muted
            </span>
          ) : null}
        </span>
        <span class="quiet">
          {source.type.toUpperCase()} · {source.role}
        </span>
      </span>
      <Badge {...words} title={running ? `Since ${formatAge(source.since, nowMs)}` : undefined} />
      {running && source.error ? (
        <span class="source-error">
          <Icon name="alert" /> {source.error.message} <code>{source.error.code}</code>
        </span>
      ) : null}
    </li>
  )
}
