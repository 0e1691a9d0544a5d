import { describe, expect, test } from 'vitest'
import { AppError, type RecorderCommandBody } from '../../src/protocol/index.ts'
import {
  applyCommand,
  applyReport,
  beginTake,
  closeRecord,
  handOver,
  reserveTake,
} from '../../src/recording/changes.ts'
import { applyStored, move, type RecordingRecord } from '../../src/recording/index.ts'
import { mayAnswer } from '../../src/recording/takes/takes-of-record.ts'
import { toRecording } from '../../src/recording/view.ts'
import { aRecord, LATER, NOW } from './records.ts'

const at = LATER.toISOString()

function running(): RecordingRecord {
  const begun = beginTake(aRecord(), NOW).record
  return applyReport(begun, 1, { type: 'started', at, takeEpochMs: 0 }, LATER)?.record ?? begun
}

const NOTHING = { durationSec: 0, segments: 0 }
const CRASH = { code: 'recorder.crashed', message: 'by SIGKILL' }
function interrupted(record: RecordingRecord, take = 1) {
  const outcome = applyReport(record, take, { type: 'interrupted', at, error: CRASH }, LATER)
  if (outcome === undefined) throw new Error('the interruption was not heard')
  return outcome
}

describe('a take', () => {
  test('begins as the first of a requested recording', () => {
    const { record, facts } = beginTake(aRecord(), NOW)
    expect(record.state).toBe('starting')
    expect(record.takes).toEqual([
      {
        number: 1,
        startedAt: NOW.toISOString(),
        endedAt: null,
        durationSec: 0,
        segments: 0,
        error: null,
        firstPictureAt: null,
        aliveAt: NOW.toISOString(),
      },
    ])
    expect(facts).toEqual([{ type: 'recording.state' }])
  })

  test('started: the first picture is when the recording and the take started', () => {
    const record = running()
    expect(record.state).toBe('recording')
    expect(record.startedAt).toBe(at)
    expect(record.takes[0]).toMatchObject({ startedAt: at, firstPictureAt: at, aliveAt: at })
  })

  test('progress changes figures and no state', () => {
    const stats = {
      frames: 50,
      droppedFrames: 1,
      segments: 1,
      bytes: 10,
      segmentLatencyMs: 5,
      cpuCores: 0.3,
      memoryBytes: 7,
    }
    const outcome = applyReport(running(), 1, { type: 'progress', durationSec: 2, segments: 1, stats }, LATER)
    expect(outcome?.record).toMatchObject({ state: 'recording', stats, takes: [{ durationSec: 2, segments: 1 }] })
    expect(outcome?.facts).toEqual([{ type: 'recording.stats' }])
  })

  test('a report of another take has no effect', () => {
    expect(applyReport(running(), 2, { type: 'finalizing', at }, LATER)).toBeUndefined()
  })

  test('a report after the end has no effect', () => {
    const failed = move(running(), 'failed', LATER).record
    expect(
      applyReport(
        failed,
        1,
        { type: 'ended', at, reason: 'stopped', durationSec: 9, segments: 4, bytes: 1, error: null },
        LATER,
      ),
    ).toBeUndefined()
  })

  test.each([
    ['stopped', undefined],
    ['max-duration', 'recording.max-duration'],
    ['idle', 'recording.idle'],
  ] as const)('that ended because %s leaves the recording completed with the error %s', (reason, code) => {
    const ended = { type: 'ended', at, reason, durationSec: 9, segments: 4, bytes: 100, error: null } as const
    const outcome = applyReport(running(), 1, ended, LATER)
    expect(outcome?.record).toMatchObject({
      state: 'completed',
      endedAt: at,
      takes: [{ endedAt: at, durationSec: 9, segments: 4 }],
    })
    expect(outcome?.record.error?.code).toBe(code)
  })

  test('that is interrupted leaves the recording recovering, and the next take keeps it so until its first picture', () => {
    const between = interrupted(running()).record
    expect(between).toMatchObject({ state: 'recovering', error: null, takes: [{ endedAt: at, error: CRASH }] })
    const { record } = beginTake(between, LATER)
    expect(record).toMatchObject({ state: 'recovering', takes: [{ number: 1 }, { number: 2, endedAt: null }] })
    const again = applyReport(record, 2, { type: 'started', at, takeEpochMs: 0 }, LATER)?.record
    expect(again).toMatchObject({ state: 'recording', startedAt: at, takes: [{ error: CRASH }, { error: null }] })
    const twice = interrupted(record, 2).record
    expect(twice).toMatchObject({ state: 'recovering', takes: [{ error: CRASH }, { error: CRASH }] })
  })

  test('that is interrupted while it was ending stays finalizing', () => {
    const ending = applyReport(running(), 1, { type: 'finalizing', at }, LATER)?.record ?? running()
    expect(interrupted(ending).record).toMatchObject({ state: 'finalizing', takes: [{ error: CRASH }] })
  })

  test('that another take has followed can only say what it stored', () => {
    const { record } = beginTake(interrupted(running()).record, LATER)
    const ended = { type: 'ended', at, reason: 'failed', durationSec: 9, segments: 4, bytes: 1, error: CRASH } as const
    const after = applyReport(record, 1, ended, LATER)?.record
    expect(after).toMatchObject({ state: 'recovering', takes: [{ durationSec: 9, segments: 4 }, { endedAt: null }] })
    for (const late of [
      { type: 'started', at, takeEpochMs: 0 },
      { type: 'finalizing', at },
      { type: 'layout', at, layout: { name: 'board' } },
      { type: 'interrupted', at, error: CRASH },
    ] as const)
      expect(applyReport(record, 1, late, LATER)).toBeUndefined()
  })

  test('hands over to its newest successor only, and numbers are never given twice', () => {
    const first = reserveTake(running())?.record ?? running()
    const second = reserveTake(first)?.record ?? first
    expect([first, second].map(({ takes }) => takes[0]?.successor)).toEqual([2, 3])
    const crashed = beginTake(interrupted(second).record, LATER).record
    expect(crashed.takes.map(({ number }) => number)).toEqual([1, 4])
  })

  test('of a number that was kept for another worker counts with what it stored, once another take has followed', () => {
    const kept = beginTake(aRecord(), NOW, { number: 1, reservedTo: 4 }).record
    const started = applyReport(kept, 1, { type: 'started', at, takeEpochMs: 0 }, NOW)?.record ?? kept
    const progress = { type: 'progress', durationSec: 4, segments: 2, stats: null } as const
    const lost = interrupted(started).record
    expect(applyReport(lost, 2, progress, LATER)).toBeUndefined()
    const followed = beginTake(lost, LATER).record
    expect(followed.takes.map(({ number }) => number)).toEqual([1, 5])
    const told = applyReport(followed, 2, progress, LATER)?.record ?? followed
    expect(told.takes).toMatchObject([
      { number: 1 },
      {
        number: 2,
        error: { code: 'take.superseded' },
        durationSec: 4,
        startedAt: '2026-11-21T09:00:01.000Z',
        endedAt: at,
      },
      { number: 5, endedAt: null },
    ])
    expect(applyReport(told, 2, progress, LATER)).toBeUndefined()
    expect(applyReport(followed, 6, progress, LATER)).toBeUndefined()
  })

  test('that has handed over still answers what it was asked before, one that was given up does not', () => {
    const cued = reserveTake(running())?.record ?? running()
    expect(handOver(cued, { from: 1, to: 3 }, LATER)).toBeUndefined()
    const handed = handOver(cued, { from: 1, to: 2 }, LATER)?.record ?? cued
    expect([1, 2, 3].map((take) => mayAnswer(handed, take))).toEqual([true, true, false])
    const followed = beginTake(interrupted(running()).record, LATER).record
    expect([1, 2].map((take) => mayAnswer(followed, take))).toEqual([false, true])
  })

  test('finalizing twice is once', () => {
    const once = applyReport(running(), 1, { type: 'finalizing', at }, LATER)
    expect(once?.record.state).toBe('finalizing')
    expect(once && applyReport(once.record, 1, { type: 'finalizing', at }, LATER)).toBeUndefined()
  })
})

describe('a recording that no recorder ends', () => {
  const stored = { durationSec: 10, segments: 5, takes: [{ number: 1, durationSec: 10, segments: 5 }] }
  test.each([
    ['failed', CRASH, stored, 'failed'],
    ['completed', null, stored, 'completed'],
    ['completed', CRASH, stored, 'completed'],
    ['completed', CRASH, undefined, 'completed'],
    ['completed', CRASH, { durationSec: 0, segments: 0, takes: [] }, 'failed'],
  ] as const)('%s with %o and %o stored is %s', (state, error, what, expected) => {
    const outcome = closeRecord(interrupted(running()).record, { state, error }, what, LATER)
    expect(outcome?.record).toMatchObject({ state: expected, error, endedAt: at })
    const { durationSec, segments } = outcome?.record.takes[0] ?? {}
    expect({ durationSec, segments }).toEqual(
      what ? { durationSec: what.durationSec, segments: what.segments } : NOTHING,
    )
  })

  test('ends once', () => {
    const failed = move(running(), 'failed', LATER).record
    const verdict = { state: 'completed', error: null } as const
    expect(closeRecord(failed, verdict, undefined, LATER)).toBeUndefined()
  })

  test('learns after its end what was stored later, of each take, and tells it once', () => {
    const next = beginTake(interrupted(running()).record, NOW).record
    const counted = applyReport(next, 2, { type: 'progress', durationSec: 6, segments: 3, stats: null }, NOW)?.record
    const ended = move(counted ?? next, 'failed', LATER, { error: CRASH }).record
    const takes = [
      { number: 1, durationSec: 4, segments: 2 },
      { number: 2, durationSec: 6, segments: 3 },
    ]
    const outcome = applyStored(ended, { durationSec: 10, segments: 5, takes })
    expect(outcome?.facts).toEqual([{ type: 'recording.stats' }])
    expect(outcome?.record).toMatchObject({ state: 'failed', error: CRASH, endedAt: at, takes })
    expect(outcome && toRecording(outcome.record, null).durationSec).toBe(10)
    expect(outcome && applyStored(outcome.record, { durationSec: 10, segments: 5, takes })).toBeUndefined()
    expect(applyStored(running(), { durationSec: 10, segments: 5, takes })).toBeUndefined()
  })
})

describe('a source', () => {
  test('reports its state and its error', () => {
    const error = { code: 'source.stalled', message: 'no pictures' }
    const outcome = applyReport(running(), 1, { type: 'source', at, sourceId: 'amy', state: 'stalled', error }, LATER)
    expect(outcome?.record.sources[1]).toMatchObject({ state: 'stalled', since: at, error })
    expect(outcome?.facts).toEqual([{ type: 'source.state', source: outcome?.record.sources[1] }])
  })

  test('that says what it said before changes nothing', () => {
    expect(
      applyReport(running(), 1, { type: 'source', at, sourceId: 'amy', state: 'connecting', error: null }, LATER),
    ).toBeUndefined()
  })

  test('that was removed is not heard', () => {
    expect(
      applyReport(running(), 1, { type: 'source', at, sourceId: 'bob', state: 'live', error: null }, LATER),
    ).toBeUndefined()
  })
})

describe('an order', () => {
  const orders: readonly [string, RecorderCommandBody, string | undefined][] = [
    ['a layout', { type: 'layout', layout: { name: 'speaker', focus: 'amy' } }, 'recording.layout'],
    ['the layout that is shown', { type: 'layout', layout: { name: 'grid' } }, undefined],
    [
      'a new source',
      { type: 'source.add', source: { id: 'bob', type: 'hls', url: 'https://live.test/bob' } },
      'source.state',
    ],
    [
      'a source that is there',
      { type: 'source.add', source: { id: 'amy', type: 'hls', url: 'https://live.test/x' } },
      undefined,
    ],
    ['a mute', { type: 'source.update', sourceId: 'amy', patch: { muted: true } }, 'source.state'],
    ['a mute of nobody', { type: 'source.update', sourceId: 'bob', patch: { muted: true } }, undefined],
    ['a removal', { type: 'source.remove', sourceId: 'amy' }, 'source.removed'],
    ['a removal of nobody', { type: 'source.remove', sourceId: 'bob' }, undefined],
    ['a stop', { type: 'stop' }, 'recording.state'],
    ['signals', { type: 'signals', signals: [] }, undefined],
    ['a cut', { type: 'cut' }, undefined],
  ]
  test.each(orders)('%s', (_name, order, fact) => {
    expect(applyCommand(running(), order, LATER)?.facts.map(({ type }) => type)).toEqual(fact && [fact])
  })

  test('that the state refuses names the state', () => {
    const done = move(running(), 'ended', LATER).record
    expect(() => move(done, 'paused', LATER)).toThrow(AppError)
    expect(() => move(done, 'paused', LATER)).toThrow(
      expect.objectContaining({ code: 'recording.wrong-state', details: { state: 'completed' } }),
    )
  })
})

describe('a pause', () => {
  const paused = () => applyReport(running(), 1, { type: 'paused', at }, LATER)?.record ?? running()

  test('is what the recorder says, and its order adds nothing to that', () => {
    const outcome = applyReport(running(), 1, { type: 'paused', at }, LATER)
    expect(outcome).toMatchObject({ record: { state: 'paused', pausedAt: at }, facts: [{ type: 'recording.state' }] })
    expect(applyCommand(paused(), { type: 'pause' }, LATER)).toBeUndefined()
    expect(applyReport(paused(), 1, { type: 'paused', at }, LATER)).toBeUndefined()
  })

  test('ends with the first picture after it', () => {
    const outcome = applyReport(paused(), 1, { type: 'resumed', at }, LATER)
    expect(outcome).toMatchObject({ record: { state: 'recording', pausedAt: null } })
    expect(applyCommand(running(), { type: 'resume' }, LATER)).toBeUndefined()
  })

  test('outlives its take: the next one begins paused', () => {
    const next = beginTake(interrupted(paused()).record, LATER).record
    expect(next).toMatchObject({ state: 'recovering', pausedAt: at })
    expect(applyReport(next, 2, { type: 'started', at, takeEpochMs: 0 }, LATER)?.record.state).toBe('paused')
  })

  test('is remembered while no recorder has the recording, and its beginning is the first picture', () => {
    const waiting = applyCommand(aRecord(), { type: 'pause' }, NOW)
    expect(waiting).toMatchObject({ record: { state: 'requested', pausedAt: NOW.toISOString() } })
    const begun = beginTake(waiting?.record ?? aRecord(), NOW).record
    const ready = applyReport(begun, 1, { type: 'started', at, takeEpochMs: 0 }, LATER)?.record ?? begun
    expect(ready).toMatchObject({ state: 'paused', startedAt: null })
    expect(applyReport(ready, 1, { type: 'resumed', at }, LATER)?.record).toMatchObject({
      state: 'recording',
      startedAt: at,
    })
    expect(applyCommand(begun, { type: 'resume' }, LATER)?.record.pausedAt).toBeNull()
  })

  test('is over with the recording', () => {
    expect(move(paused(), 'ended', LATER).record).toMatchObject({ state: 'completed', pausedAt: null })
  })
})
