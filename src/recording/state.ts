import { RECORDING_STATES, type RecordingState } from '../protocol/index.ts'

/**
 * What can happen to a recording. `assigned`: a worker gave it to a recorder. `started`: the first picture is encoded.
 * `interrupted`: its take ended but the next one will go on. `cancelled`: stopped before a recorder had it.
 * `paused`: nothing is recorded until `resumed`; a take can begin so.
 * `ended`: its last take ended in order.
 */
export type Transition =
  | 'assigned'
  | 'started'
  | 'paused'
  | 'resumed'
  | 'interrupted'
  | 'cancelled'
  | 'finalizing'
  | 'ended'
  | 'failed'

/** How a take ends, from whatever it does. */
const TAKE_ENDS = { interrupted: 'recovering', finalizing: 'finalizing', ended: 'completed', failed: 'failed' } as const
/** A take until its first picture. */
const TAKE_BEGINS = { started: 'recording', paused: 'paused', ...TAKE_ENDS } as const

/** The whole life of a recording. What is not in the table cannot happen. */
const NEXT: Readonly<Record<RecordingState, Readonly<Partial<Record<Transition, RecordingState>>>>> = {
  requested: { assigned: 'starting', cancelled: 'completed', failed: 'failed' },
  starting: TAKE_BEGINS,
  recording: { paused: 'paused', ...TAKE_ENDS },
  paused: { resumed: 'recording', ...TAKE_ENDS },
  recovering: TAKE_BEGINS,
  finalizing: { ended: 'completed', failed: 'failed' },
  completed: {},
  failed: {},
}

/** The state after a transition; undefined when the state does not allow it. */
export function nextState(state: RecordingState, transition: Transition): RecordingState | undefined {
  return NEXT[state][transition]
}

/** True for a state that nothing leaves. */
export function isFinal(state: RecordingState): boolean {
  return Object.keys(NEXT[state]).length === 0
}

/** True while a recorder process shows pictures and takes commands. */
export function isRunning(state: RecordingState): boolean {
  return state === 'recording' || state === 'paused'
}

/** The states that something may still leave. */
export const OPEN_STATES: readonly RecordingState[] = RECORDING_STATES.filter((state) => !isFinal(state))
