import type { RecordingState } from '../../src/protocol/index.ts'
import { STATE_WORDS } from '../state/recording-words.ts'
import { Badge } from './badge.tsx'

/** The state of a recording. */
export function StateBadge({ state }: { readonly state: RecordingState }) {
  return <Badge {...STATE_WORDS[state]} />
}
