import type { Highlight } from '../../src/protocol/index.ts'
import { Icon } from '../parts/icons.tsx'
import { progressWords, waitOf } from '../state/highlight-words.ts'
import { useServiceNow } from '../state/hooks.ts'

const TICK_MS = 250
const RADIUS = 20
const LENGTH = 2 * Math.PI * RADIUS

/** The progress of a clip: a ring that fills with its post-roll, then one that turns, and the words. */
export function Progress({ highlight }: { readonly highlight: Highlight }) {
  const nowMs = useServiceNow(TICK_MS)
  if (highlight.state === 'failed') {
    return (
      <span class="progress progress-failed">
        <Icon name="alert" />
        Failed
      </span>
    )
  }
  const { done, leftSec } = waitOf(highlight, nowMs)
  const turning = highlight.state === 'cutting' || leftSec === 0
  return (
    <span class="progress">
      <svg class={`ring${turning ? ' ring-turning' : ''}`} viewBox="0 0 48 48" aria-hidden="true" focusable="false">
        <circle class="ring-track" cx="24" cy="24" r={RADIUS} />
        <circle
          class="ring-done"
          cx="24"
          cy="24"
          r={RADIUS}
          stroke-dasharray={LENGTH}
          stroke-dashoffset={LENGTH * (1 - (turning ? 0.28 : done))}
        />
      </svg>
      {progressWords(highlight, nowMs)}
    </span>
  )
}
