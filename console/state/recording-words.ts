import type { Recording, RecordingState, SourceState } from '../../src/protocol/index.ts'
import type { FilterName } from './route.ts'

/** The look of a state: `live` pulses, `busy` is on its way, `good` and `bad` are ends. */
export type Tone = 'live' | 'busy' | 'good' | 'bad' | 'quiet'

export const STATE_WORDS: Readonly<Record<RecordingState, { readonly label: string; readonly tone: Tone }>> = {
  requested: { label: 'Requested', tone: 'busy' },
  starting: { label: 'Starting', tone: 'busy' },
  recording: { label: 'Live', tone: 'live' },
  paused: { label: 'Paused', tone: 'quiet' },
  recovering: { label: 'Recovering', tone: 'busy' },
  finalizing: { label: 'Finalizing', tone: 'busy' },
  completed: { label: 'Completed', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
}

export const SOURCE_WORDS: Readonly<Record<SourceState, { readonly label: string; readonly tone: Tone }>> = {
  connecting: { label: 'Connecting', tone: 'busy' },
  live: { label: 'Live', tone: 'live' },
  stalled: { label: 'Stalled', tone: 'bad' },
  ended: { label: 'Ended', tone: 'quiet' },
  failed: { label: 'Failed', tone: 'bad' },
}

const RUNNING: readonly RecordingState[] = ['requested', 'starting', 'recording', 'paused', 'recovering', 'finalizing']
const FILTER_STATES: Readonly<Record<FilterName, readonly RecordingState[] | undefined>> = {
  all: undefined,
  running: RUNNING,
  completed: ['completed'],
  failed: ['failed'],
}

export function isRunning(recording: Recording): boolean {
  return RUNNING.includes(recording.state)
}

/** True while a layout can be switched or the recording be stopped. */
export function isControllable(recording: Recording): boolean {
  return isRunning(recording) && recording.state !== 'finalizing'
}

/** The states a filter shows; undefined means every state. */
export function statesOf(filter: FilterName): readonly RecordingState[] | undefined {
  return FILTER_STATES[filter]
}

export function matchesFilter(recording: Recording, filter: FilterName): boolean {
  return FILTER_STATES[filter]?.includes(recording.state) ?? true
}

/** Its title, else its room, else the end of its id. */
export function titleOf(recording: Recording): string {
  return recording.metadata.title ?? recording.room ?? `Recording ${recording.id.slice(-6)}`
}

/** Stored segments of all takes; the running take counts by its last report. */
export function segmentsOf(recording: Recording): number {
  const inTakes = recording.takes.reduce((sum, take) => sum + take.segments, 0)
  return Math.max(inTakes, recording.stats?.segments ?? 0)
}
