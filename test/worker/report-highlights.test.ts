import { expect, test } from 'vitest'
import type { Highlights } from '../../src/highlights/index.ts'
import { AppError, type Highlight, type RecorderEvent } from '../../src/protocol/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { reportHighlights } from '../../src/worker/take/report-highlights.ts'

const AT = '2026-11-21T09:00:10.000Z'
const trigger = (key: string): Extract<RecorderEvent, { type: 'trigger' }> => ({
  type: 'trigger',
  key,
  at: AT,
  trigger: 'rule',
  rule: 'hand',
  label: 'Hand',
  by: null,
  metadata: { page: '7' },
  preSec: 3,
  postSec: 2,
})

/** Answers to triggers, in the order of calls: an error, or undefined for a highlight. */
function open(...answers: readonly (AppError | undefined)[]) {
  const asked: Parameters<Highlights['trigger']>[] = []
  const stored: [string, number][] = []
  const started: string[] = []
  const log: string[] = []
  const left = [...answers]
  const reports = reportHighlights(
    {
      highlights: {
        async trigger(...call) {
          asked.push(call)
          const error = left.shift()
          if (error !== undefined) throw error
          return { id: 'hl_x' } as Highlight
        },
      },
      clips: {
        async takeStarted(id) {
          started.push(id)
          const error = left.shift()
          if (error !== undefined) throw error
        },
        storedUntil: (...call) => void stored.push(call),
        recordingEnded: async () => {},
      },
      logger: createLogger({ level: 'info', destination: { write: (line: string) => void log.push(line) } }),
    },
    { recordingId: 'rec_x', video: { width: 320, height: 180, fps: 25, bitrateKbps: 500 } },
  )
  return { reports, asked, stored, started, log }
}

const AWAY = new AppError('database.unavailable', 'away')

test('a trigger waits for the database, and is asked for again as it was', async () => {
  const { reports, asked } = open(AWAY, AWAY)
  reports.trigger(trigger('hand/amy/1'))
  await reports.flush()
  const call = [
    'rec_x',
    { at: AT, preSec: 3, postSec: 2, label: 'Hand', metadata: { page: '7' } },
    { trigger: 'rule', key: 'hand/amy/1', rule: 'hand' },
  ]
  expect(asked).toEqual([call, call, call])
})

test('a trigger that cannot be written holds up no other, and is in the log', async () => {
  const { reports, asked, log } = open(new AppError('recording.not-found', 'it was deleted'))
  reports.trigger(trigger('a'))
  reports.trigger(trigger('b'))
  await reports.flush()
  expect(asked).toHaveLength(2)
  expect(log.filter((line) => line.includes('recording.not-found'))).toHaveLength(1)
  expect(log.filter((line) => line.includes('hl_x'))).toHaveLength(1)
})

test('a take that starts is asked for cuts, as soon as the database can tell which', async () => {
  const { reports, started } = open(AWAY)
  reports.started()
  await reports.flush()
  expect(started).toEqual(['rec_x', 'rec_x'])
})

test('a segment says until when the recording is stored, and half a picture more', () => {
  const { reports, stored } = open()
  reports.segment({ type: 'segment', seq: 3, durationSec: 1.96, bytes: 1, programDateTime: AT, latencyMs: 1 })
  expect(stored).toEqual([['rec_x', Date.parse(AT) + 1960 + 20]])
})
