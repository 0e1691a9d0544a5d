import type { Recording } from '../../src/protocol/index.ts'
import { formatDateTime, formatDuration } from '../state/format.ts'

export function TakesPanel({ recording }: { readonly recording: Recording }) {
  if (recording.takes.length === 0) return null
  return (
    <section class="panel" aria-labelledby="takes-title">
      <h2 id="takes-title">Takes</h2>
      <ol class="takes">
        {recording.takes.map((take) => (
          <li key={take.number} class="take">
            <span class="take-number">{take.number}</span>
            <span>
              {formatDateTime(take.startedAt)}
              {take.error ? (
                <span class="source-error">
                  {take.error.message} <code>{take.error.code}</code>
                </span>
              ) : null}
            </span>
            <span class="take-length">{take.endedAt === null ? 'running' : formatDuration(take.durationSec)}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
