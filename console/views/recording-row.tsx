import type { Recording } from '../../src/protocol/index.ts'
import { StateBadge } from '../parts/state-badge.tsx'
import { formatAge, formatBytes, formatDateTime, formatDuration } from '../state/format.ts'
import { titleOf } from '../state/recording-words.ts'
import { recordingLink } from '../state/route.ts'
import { LayoutGlyph } from './layout-glyph.tsx'

export function RecordingRow({ recording, nowMs }: { readonly recording: Recording; readonly nowMs: number }) {
  const when = recording.startedAt ?? recording.createdAt
  return (
    <li class="row">
      <span class={`row-glyph${recording.state === 'recording' ? ' row-glyph-live' : ''}`}>
        <LayoutGlyph name={recording.layout.name} />
      </span>
      <span class="row-name">
        <a class="row-link" href={recordingLink(recording.id)}>
          {titleOf(recording)}
        </a>
        <span class="row-note">{noteOf(recording)}</span>
      </span>
      <StateBadge state={recording.state} />
      <span class="row-when" title={formatDateTime(when)}>
        {formatAge(when, nowMs)}
      </span>
      <span class="row-duration">{formatDuration(recording.durationSec)}</span>
    </li>
  )
}

function noteOf(recording: Recording): string {
  if (recording.error) return recording.error.message
  const sources = recording.sources.map((source) => source.label)
  const shown = sources.slice(0, 3).join(', ')
  const others = sources.length > 3 ? ` and ${sources.length - 3} more` : ''
  const size = recording.stats ? ` · ${formatBytes(recording.stats.bytes)}` : ''
  return sources.length === 0 ? `No sources${size}` : `${shown}${others}${size}`
}
