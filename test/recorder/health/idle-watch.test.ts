import { expect, test } from 'vitest'
import type { RecorderEvent, Signal } from '../../../src/protocol/index.ts'
import { IdleWatch, type IdleWatchOptions } from '../../../src/recorder/health/idle-watch.ts'

const source = (sourceId: string, state: 'live' | 'stalled'): RecorderEvent => ({
  type: 'source',
  at: '2026-11-21T09:00:00.000Z',
  sourceId,
  state,
  error: null,
})
const joined = (from: string): Signal => ({ v: 1, type: 'participant.joined', at: 1, from })
const left = (from: string, participant?: string): Signal => ({
  v: 1,
  type: 'participant.left',
  at: 2,
  from,
  ...(participant && { participant }),
})

const FIRST: IdleWatchOptions['request'] = { isPaused: false, handover: null }

function open(idle: IdleWatchOptions['request']['idle'], begin: Partial<IdleWatchOptions['request']> = {}) {
  let now = 0
  const ended: string[] = []
  const sourceIds = new Set(['teacher', 'amy'])
  const request = { ...FIRST, ...(idle && { idle }), ...begin }
  const watch = new IdleWatch({ request, sourceIds, nowMs: () => now, onIdle: (rule) => ended.push(rule) })
  return {
    watch,
    ended,
    sourceIds,
    after(sec: number) {
      now += sec * 1000
      watch.check()
      return ended[0]
    },
  }
}

test('a recording whose sources are all gone is idle when the time of its rule is over', () => {
  const { watch, after } = open({ noLiveSourceSec: 30 })
  using _watch = watch
  expect(after(29)).toBeUndefined()
  watch.onEvent(source('teacher', 'live'))
  expect(after(1000)).toBeUndefined()
  watch.onEvent(source('amy', 'live'))
  watch.onEvent(source('teacher', 'stalled'))
  expect(after(1000)).toBeUndefined()
  watch.onEvent(source('amy', 'stalled'))
  expect(after(29)).toBeUndefined()
  expect(after(1)).toBe('noLiveSourceSec')
})

test('a source that was removed while it was live does not keep the recording going', () => {
  const { watch, after, sourceIds } = open({ noLiveSourceSec: 30 })
  using _watch = watch
  watch.onEvent(source('amy', 'live'))
  expect(after(60)).toBeUndefined()
  sourceIds.delete('amy')
  expect(after(30)).toBe('noLiveSourceSec')
})

test('a room is empty from the last one who left on, or from the beginning', () => {
  const { watch, after } = open({ emptyRoomSec: 60 })
  using _watch = watch
  expect(after(59)).toBeUndefined()
  watch.onSignals([joined('amy'), joined('bob'), left('host', 'amy')])
  expect(after(1000)).toBeUndefined()
  watch.onSignals([left('bob')])
  expect(after(59)).toBeUndefined()
  expect(after(1)).toBe('emptyRoomSec')
  const nobody = open({ emptyRoomSec: 60 })
  using _nobody = nobody.watch
  expect(nobody.after(60)).toBe('emptyRoomSec')
})

test('without a rule nothing is idle', () => {
  const { watch, after } = open(undefined)
  using _watch = watch
  expect(after(1e6)).toBeUndefined()
})

test('a pause that nobody ends is idle when the time of its rule is over, and only a pause is', () => {
  const { watch, after } = open({ pausedSec: 60 })
  using _watch = watch
  const at = '2026-11-21T09:00:00.000Z'
  expect(after(100)).toBeUndefined()
  watch.onEvent({ type: 'paused', at })
  expect(after(50)).toBeUndefined()
  watch.onEvent({ type: 'resumed', at })
  expect(after(50)).toBeUndefined()
  watch.onEvent({ type: 'paused', at })
  expect(after(59)).toBeUndefined()
  expect(after(1)).toBe('pausedSec')
})

test('the time goes on from take to take, so that a rule longer than a take holds too', () => {
  const rules = { noLiveSourceSec: 1800, emptyRoomSec: 1800 }
  const first = open(rules)
  using _first = first.watch
  first.watch.onEvent(source('teacher', 'live'))
  first.watch.onSignals([joined('amy'), left('amy')])
  expect(first.after(900)).toBeUndefined()
  expect(first.watch.times).toEqual({ noLiveSourceSec: 0, emptyRoomSec: 900 })
  const second = open(rules, { idleForSec: first.watch.times ?? {} })
  using _second = second.watch
  expect(second.after(899)).toBeUndefined()
  expect(second.after(1)).toBe('emptyRoomSec')
})

test('a take whose time is nearly over gives sources and people the time to come', () => {
  const { watch, after } = open({ noLiveSourceSec: 60 }, { idleForSec: { noLiveSourceSec: 59 } })
  using _watch = watch
  expect(after(29)).toBeUndefined()
  watch.onEvent(source('teacher', 'live'))
  expect(after(1)).toBeUndefined()
  const nobody = open({ noLiveSourceSec: 60 }, { idleForSec: { noLiveSourceSec: 59 } })
  using _nobody = nobody.watch
  expect(nobody.after(29)).toBeUndefined()
  expect(nobody.after(1)).toBe('noLiveSourceSec')
})

test('a take that waits to take over ends by no rule before it has begun', () => {
  const handover = { clock: { machine: 'this', offsetMs: 0 }, takeEpochMs: 0 }
  const { watch, after } = open({ noLiveSourceSec: 5 }, { handover })
  using _watch = watch
  expect(after(60)).toBeUndefined()
  watch.onEvent({ type: 'started', at: '2026-11-21T09:00:00.000Z', takeEpochMs: 0 })
  expect(after(4)).toBeUndefined()
  expect(after(1)).toBe('noLiveSourceSec')
})

test('a pause goes on in a take that begins paused', () => {
  const { watch, after } = open({ pausedSec: 60 }, { isPaused: true, idleForSec: { pausedSec: 20 } })
  using _watch = watch
  expect(after(39)).toBeUndefined()
  expect(after(1)).toBe('pausedSec')
})
