import { describe, expect, test } from 'vitest'
import { RECORDING_STATES, type RecordingState } from '../../src/protocol/index.ts'
import { isFinal, isRunning, OPEN_STATES } from '../../src/recording/index.ts'
import { nextState, type Transition } from '../../src/recording/state.ts'

const TRANSITIONS: readonly Transition[] = [
  'assigned',
  'started',
  'paused',
  'resumed',
  'interrupted',
  'cancelled',
  'finalizing',
  'ended',
  'failed',
]

/** Every allowed step; `.` is a step that cannot happen. Columns are in the order of `TRANSITIONS`. */
const TABLE: Readonly<Record<RecordingState, string>> = {
  requested: 'starting . . . . completed . . failed',
  starting: '. recording paused . recovering . finalizing completed failed',
  recording: '. . paused . recovering . finalizing completed failed',
  paused: '. . . recording recovering . finalizing completed failed',
  recovering: '. recording paused . recovering . finalizing completed failed',
  finalizing: '. . . . . . . completed failed',
  completed: '. . . . . . . . .',
  failed: '. . . . . . . . .',
}

describe('the state machine of a recording', () => {
  for (const state of RECORDING_STATES) {
    const steps = TABLE[state].split(' ')
    for (const [column, transition] of TRANSITIONS.entries()) {
      const expected = steps[column] === '.' ? undefined : steps[column]
      test(`${state} --${transition}--> ${expected ?? 'is refused'}`, () => {
        expect(nextState(state, transition)).toBe(expected)
      })
    }
  }

  test('covers every state and transition', () => {
    expect(Object.keys(TABLE)).toHaveLength(RECORDING_STATES.length)
    for (const row of Object.values(TABLE)) expect(row.split(' ')).toHaveLength(TRANSITIONS.length)
  })

  test('nothing leaves completed and failed, and something leaves every other state', () => {
    expect(RECORDING_STATES.filter(isFinal)).toEqual(['completed', 'failed'])
    expect(OPEN_STATES).toEqual(['requested', 'starting', 'recording', 'paused', 'recovering', 'finalizing'])
  })

  test('a recorder obeys commands only while it records or pauses', () => {
    expect(RECORDING_STATES.filter(isRunning)).toEqual(['recording', 'paused'])
  })

  test('failure reaches its end from every open state', () => {
    for (const state of OPEN_STATES) expect(nextState(state, 'failed')).toBe('failed')
  })
})
