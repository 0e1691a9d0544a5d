import {
  AppError,
  assertNever,
  type EndReason,
  type ErrorInfo,
  type Layout,
  type RecorderEvent,
  type RecorderOrder,
  type RecordingStats,
  type Take,
} from '../protocol/index.ts'
import type { Change, EventDraft } from './ports.ts'
import type { RecordingRecord, SourceRecord } from './record.ts'
import { isFinal, nextState, type Transition } from './state.ts'
import { toRecording, toSource } from './view.ts'

/** What changed, in words that become events. */
export type Fact =
  | { readonly type: 'recording.state' | 'recording.stats' | 'recording.layout' }
  | { readonly type: 'source.state'; readonly source: SourceRecord }
  | { readonly type: 'source.removed'; readonly sourceId: string }

/** A recording after a change, and what of it the world should hear. */
export interface Outcome {
  readonly record: RecordingRecord
  readonly facts: readonly Fact[]
}

/** What a worker says about the running take. `progress` sums up what was stored since the last one. */
export type TakeReport =
  | Extract<RecorderEvent, { type: 'started' | 'source' | 'layout' | 'finalizing' | 'ended' }>
  | {
      readonly type: 'progress'
      readonly durationSec: number
      readonly segments: number
      readonly stats: RecordingStats | null
    }
  /** `stored`: what of the whole recording plays; undefined when the store cannot tell. */
  | {
      readonly type: 'crashed'
      readonly at: string
      readonly error: ErrorInfo
      readonly stored: { readonly durationSec: number; readonly segments: number } | undefined
    }

/** Moves the recording. Throws `recording.wrong-state` when its state does not allow it. */
export function move(
  record: RecordingRecord,
  transition: Transition,
  now: Date,
  also: Partial<Omit<RecordingRecord, 'id' | 'state'>> = {},
): Outcome {
  const state = nextState(record.state, transition)
  if (state === undefined) throw wrongState(record, transition)
  const endedAt = isFinal(state) ? now.toISOString() : null
  return { record: { ...record, state, endedAt, ...also }, facts: [{ type: 'recording.state' }] }
}

/** The refusal of what the recording's state does not allow. */
export function wrongState(record: RecordingRecord, wish: string): AppError {
  return new AppError(
    'recording.wrong-state',
    `The recording ${record.id} is \`${record.state}\`, which does not allow \`${wish}\`.`,
    {
      received: wish,
      details: { state: record.state },
    },
  )
}

/** A worker took the recording: its first take begins. */
export function beginTake(record: RecordingRecord, now: Date): Outcome {
  const take: Take = {
    number: record.takes.length + 1,
    startedAt: now.toISOString(),
    endedAt: null,
    durationSec: 0,
    segments: 0,
    error: null,
  }
  return move(record, 'assigned', now, { takes: [...record.takes, take] })
}

/** The recording as it is once its recorder obeyed; undefined when it is so already. */
export function applyOrder(record: RecordingRecord, order: RecorderOrder, now: Date): Outcome | undefined {
  switch (order.type) {
    case 'layout':
      return applyLayout(record, order.layout)
    case 'source.add': {
      if (findSource(record, order.source.id) !== undefined) return undefined
      const source: SourceRecord = { spec: order.source, state: 'connecting', since: now.toISOString(), error: null }
      return { record: { ...record, sources: [...record.sources, source] }, facts: [{ type: 'source.state', source }] }
    }
    case 'source.update': {
      const before = findSource(record, order.sourceId)
      if (before === undefined) return undefined
      return replaceSource(record, { ...before, spec: { ...before.spec, ...order.patch } })
    }
    case 'source.remove': {
      const { sourceId } = order
      if (findSource(record, sourceId) === undefined) return undefined
      const sources = record.sources.filter((source) => source.spec.id !== sourceId)
      return { record: { ...record, sources }, facts: [{ type: 'source.removed', sourceId }] }
    }
    case 'stop':
    case 'signals':
    case 'cut':
      return undefined
    default:
      return assertNever(order)
  }
}

/** The recording after a report of its take; undefined when the report is of another take, too late, or nothing new. */
export function applyReport(record: RecordingRecord, take: number, report: TakeReport, now: Date): Outcome | undefined {
  if (isFinal(record.state) || record.takes.at(-1)?.number !== take) return undefined
  switch (report.type) {
    case 'started': {
      if (nextState(record.state, 'started') === undefined) return undefined
      const takes = changeTake(record, { startedAt: report.at })
      return move(record, 'started', now, { takes, startedAt: record.startedAt ?? report.at })
    }
    case 'source': {
      const before = findSource(record, report.sourceId)
      if (before === undefined) return undefined
      return replaceSource(record, { spec: before.spec, state: report.state, since: report.at, error: report.error })
    }
    case 'layout':
      return applyLayout(record, report.layout)
    case 'progress': {
      const takes = changeTake(record, { durationSec: report.durationSec, segments: report.segments })
      return { record: { ...record, takes, stats: report.stats ?? record.stats }, facts: [{ type: 'recording.stats' }] }
    }
    case 'finalizing':
      return record.state === 'finalizing' ? undefined : move(record, 'finalizing', now)
    case 'ended':
      return endTake(record, report, now)
    case 'crashed': {
      const { error, at, stored } = report
      const takes = changeTake(record, { endedAt: at, error, ...(stored && ofLastTake(record, stored)) })
      return move(record, 'failed', now, { error, takes })
    }
    default:
      return assertNever(report)
  }
}

function endTake(record: RecordingRecord, report: Extract<TakeReport, { type: 'ended' }>, now: Date): Outcome {
  const error = endError(report.reason, report.error)
  const takes = changeTake(record, {
    endedAt: report.at,
    durationSec: report.durationSec,
    segments: report.segments,
    error: report.error,
  })
  const failed = report.reason === 'failed' || report.reason === 'terminated'
  return move(record, failed ? 'failed' : 'ended', now, { takes, error })
}

/** Why a take ended that nobody stopped. */
function endError(reason: EndReason, error: ErrorInfo | null): ErrorInfo | null {
  switch (reason) {
    case 'stopped':
      return error
    case 'max-duration':
      return error ?? { code: 'recording.max-duration', message: 'The recording ended at its `maxDurationSec`.' }
    case 'terminated':
      return (
        error ?? { code: 'service.stopping', message: 'The service stopped; what was recorded until then is complete.' }
      )
    case 'failed':
      return error ?? { code: 'internal', message: 'The recorder failed without a reason.' }
    default:
      return assertNever(reason)
  }
}

/** The outcome as the repository writes it. */
export function toChange({ record, facts }: Outcome, now: Date, publicUrl: string | null): Change {
  const head = { at: now.toISOString(), recordingId: record.id }
  const events = facts.map((fact): EventDraft => {
    switch (fact.type) {
      case 'source.state':
        return { ...head, type: fact.type, source: toSource(fact.source) }
      case 'source.removed':
        return { ...head, type: fact.type, sourceId: fact.sourceId }
      default:
        return { ...head, type: fact.type, recording: toRecording(record, publicUrl) }
    }
  })
  return { record, events }
}

/** The recording's source; undefined when there is none of this id. */
export function findSource(record: RecordingRecord, id: string): SourceRecord | undefined {
  return record.sources.find((source) => source.spec.id === id)
}

function applyLayout(record: RecordingRecord, layout: Layout): Outcome | undefined {
  if (isSame(record.layout, layout)) return undefined
  return { record: { ...record, layout }, facts: [{ type: 'recording.layout' }] }
}

function replaceSource(record: RecordingRecord, source: SourceRecord): Outcome | undefined {
  const before = findSource(record, source.spec.id)
  if (before === undefined || isSame({ ...before, since: '' }, { ...source, since: '' })) return undefined
  const sources = record.sources.map((other) => (other.spec.id === source.spec.id ? source : other))
  return { record: { ...record, sources }, facts: [{ type: 'source.state', source }] }
}

function changeTake(record: RecordingRecord, change: Partial<Take>): readonly Take[] {
  return record.takes.map((take, index) => (index === record.takes.length - 1 ? { ...take, ...change } : take))
}

/** What the last take stored, from what all takes stored. */
function ofLastTake(record: RecordingRecord, all: { readonly durationSec: number; readonly segments: number }) {
  const earlier = record.takes.slice(0, -1)
  return {
    durationSec: earlier.reduce((rest, take) => rest - take.durationSec, all.durationSec),
    segments: earlier.reduce((rest, take) => rest - take.segments, all.segments),
  }
}

/** Equal as JSON, whatever the order of the keys. */
function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
