import type { RecordingState } from '../../src/protocol/index.ts'
import { STATE_WORDS } from '../state/recording-words.ts'

export function StateBadge({ state }: { readonly state: RecordingState }) {
  const { label, tone } = STATE_WORDS[state]
  return (
    <span class={`badge tone-${tone}`}>
      <span class="badge-dot" aria-hidden="true" />
      {label}
    </span>
  )
}
