import { describe, expect, test } from 'vitest'
import { AppError, type RecorderOrder } from '../../src/protocol/index.ts'
import { applyOrder, applyReport, beginTake, move, type RecordingRecord } from '../../src/recording/index.ts'
import { aRecord, LATER, NOW } from './records.ts'

const at = LATER.toISOString()

function running(): RecordingRecord {
  const begun = beginTake(aRecord(), NOW).record
  return applyReport(begun, 1, { type: 'started', at, takeEpochMs: 0 }, LATER)?.record ?? begun
}

describe('a take', () => {
  test('begins as the first of a requested recording', () => {
    const { record, facts } = beginTake(aRecord(), NOW)
    expect(record.state).toBe('starting')
    expect(record.takes).toEqual([
      { number: 1, startedAt: NOW.toISOString(), endedAt: null, durationSec: 0, segments: 0, error: null },
    ])
    expect(facts).toEqual([{ type: 'recording.state' }])
  })

  test('started: the first picture is when the recording and the take started', () => {
    const record = running()
    expect(record.state).toBe('recording')
    expect(record.startedAt).toBe(at)
    expect(record.takes[0]?.startedAt).toBe(at)
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
    ['stopped', 'completed', undefined],
    ['max-duration', 'completed', 'recording.max-duration'],
    ['terminated', 'failed', 'service.stopping'],
    ['failed', 'failed', 'internal'],
  ] as const)('that ended because %s leaves the recording %s with the error %s', (reason, state, code) => {
    const ended = { type: 'ended', at, reason, durationSec: 9, segments: 4, bytes: 100, error: null } as const
    const outcome = applyReport(running(), 1, ended, LATER)
    expect(outcome?.record).toMatchObject({ state, endedAt: at, takes: [{ endedAt: at, durationSec: 9, segments: 4 }] })
    expect(outcome?.record.error?.code).toBe(code)
  })

  test('that crashed keeps its reason and what the store says was stored', () => {
    const error = { code: 'recorder.crashed', message: 'by SIGKILL' }
    const outcome = applyReport(
      running(),
      1,
      { type: 'crashed', at, error, stored: { durationSec: 6, segments: 3 } },
      LATER,
    )
    expect(outcome?.record).toMatchObject({ state: 'failed', error, takes: [{ durationSec: 6, segments: 3, error }] })
  })

  test('finalizing twice is once', () => {
    const once = applyReport(running(), 1, { type: 'finalizing', at }, LATER)
    expect(once?.record.state).toBe('finalizing')
    expect(once && applyReport(once.record, 1, { type: 'finalizing', at }, LATER)).toBeUndefined()
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
  const orders: readonly [string, RecorderOrder, string | undefined][] = [
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
    ['a stop', { type: 'stop' }, undefined],
    ['signals', { type: 'signals', signals: [] }, undefined],
    ['a cut', { type: 'cut' }, undefined],
  ]
  test.each(orders)('%s', (_name, order, fact) => {
    expect(applyOrder(running(), order, LATER)?.facts.map(({ type }) => type)).toEqual(fact && [fact])
  })

  test('that the state refuses names the state', () => {
    const done = move(running(), 'ended', LATER).record
    expect(() => move(done, 'paused', LATER)).toThrow(AppError)
    expect(() => move(done, 'paused', LATER)).toThrow(
      expect.objectContaining({ code: 'recording.wrong-state', details: { state: 'completed' } }),
    )
  })
})
