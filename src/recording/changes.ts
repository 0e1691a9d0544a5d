import { dequal } from 'dequal/lite'
import {
  AppError,
  ASKED_FOR,
  assertNever,
  type EndReason,
  type ErrorInfo,
  type IdleTimes,
  type Layout,
  type RecorderCommandBody,
  type RecorderEvent,
  type RecordingStats,
} from '../protocol/index.ts'
import {
  nextTakeNumber,
  type RecordingRecord,
  type SourceRecord,
  type StoredTakes,
  unreservedTakeNumber,
  type Verdict,
} from './record.ts'
import { isFinal, nextState, type Transition } from './state.ts'
import {
  changeTake,
  isBetweenTakes,
  newTake,
  type TakeNumbers,
  takesAfterFigures,
  takesAsStored,
} from './takes/takes-of-record.ts'

/** A change of a recording; each becomes an event. */
export type Fact =
  | { readonly type: 'recording.state' | 'recording.stats' | 'recording.layout' | 'recording.deleted' }
  | { readonly type: 'source.state'; readonly source: SourceRecord }
  | { readonly type: 'source.removed'; readonly sourceId: string }
  | { readonly type: 'recording.warning'; readonly take: number; readonly warning: ErrorInfo }

/** A recording after a change, and what of it becomes events. */
export interface Outcome {
  readonly record: RecordingRecord
  readonly facts: readonly Fact[]
}

/** A worker's report about the running take. `progress` sums up what was stored since the last one. */
export type TakeReport =
  | Extract<
      RecorderEvent,
      { type: 'started' | 'source' | 'layout' | 'paused' | 'resumed' | 'warning' | 'finalizing' | 'ended' }
    >
  | {
      readonly type: 'progress'
      readonly durationSec: number
      readonly segments: number
      readonly stats: RecordingStats | null
      readonly idleForSec?: IdleTimes
    }
  /** The take is over without having been asked to end. */
  | { readonly type: 'interrupted'; readonly at: string; readonly error: ErrorInfo }

/** Moves the recording. Throws `recording.wrong-state` when its state does not allow it. */
export function move(
  record: RecordingRecord,
  transition: Transition,
  now: Date,
  also: Partial<Omit<RecordingRecord, 'id' | 'state'>> = {},
): Outcome {
  const state = nextState(record.state, transition)
  if (state === undefined) throw wrongState(record, transition)
  const isOver = isFinal(state)
  const [endedAt, pausedAt] = [isOver ? now.toISOString() : null, isOver ? null : record.pausedAt]
  return { record: { ...record, state, endedAt, pausedAt, ...also }, facts: [{ type: 'recording.state' }] }
}

/** The refusal of what the recording's state does not allow. */
export function wrongState(record: RecordingRecord, refused: string): AppError {
  return new AppError(
    'recording.wrong-state',
    `The recording ${record.id} is \`${record.state}\`, which does not allow \`${refused}\`.`,
    {
      received: refused,
      details: { state: record.state },
    },
  )
}

/** A worker has the recording: its next take begins. A recording that is `recovering` is so until the first picture. */
export function beginTake(
  record: RecordingRecord,
  now: Date,
  numbers: TakeNumbers = { number: unreservedTakeNumber(record) },
): Outcome {
  const takes = [...record.takes, newTake(record, numbers, now)]
  if (record.state === 'recovering') return { record: { ...record, takes }, facts: [{ type: 'recording.stats' }] }
  return move(record, 'assigned', now, { takes })
}

/**
 * The number of the take that may take over from the running one is given, and as many are `kept` for its worker; undefined when
 * there is none to take over from.
 */
export function reserveTake(record: RecordingRecord, kept = 0): Outcome | undefined {
  if (record.state !== 'recording' || isBetweenTakes(record)) return undefined
  const successor = nextTakeNumber(record)
  const takes = changeTake(record, { successor, ...(kept > 0 && { reservedTo: successor + kept }) })
  return { record: { ...record, takes }, facts: [] }
}

/**
 * The running take hands over to its successor, which has the recording from now on. Undefined when this is not the running
 * take or not its newest successor, or when the recording does not go on after it.
 */
export function handOver(
  record: RecordingRecord,
  { from, to }: { readonly from: number; readonly to: number },
  now: Date,
): Outcome | undefined {
  const running = record.takes.at(-1)
  if (record.state !== 'recording' || running?.number !== from || running.endedAt !== null) return undefined
  if (running.successor !== to) return undefined
  const at = now.toISOString()
  const { reservedTo } = running
  const numbers = { number: to, ...(reservedTo !== undefined && { reservedTo }) }
  const takes = [...changeTake(record, { endedAt: at }), { ...newTake(record, numbers, now), firstPictureAt: at }]
  return { record: { ...record, takes }, facts: [{ type: 'recording.stats' }] }
}

/**
 * The end of a recording that no recorder ended. `stored` is what of it plays; undefined when the store cannot tell. One that
 * had ended already only learns that.
 */
export function closeRecord(
  record: RecordingRecord,
  { state, error }: Verdict,
  stored: StoredTakes | undefined,
  now: Date,
): Outcome | undefined {
  if (isFinal(record.state)) return stored && applyStored(record, stored)
  const takes = stored === undefined ? record.takes : takesAsStored(record, stored)
  const failed = state === 'failed' || (error !== null && stored?.segments === 0)
  return move(record, failed ? 'failed' : 'ended', now, { error, takes })
}

/** A recording that has ended, with the figures of what is stored; undefined when it has them already. */
export function applyStored(record: RecordingRecord, stored: StoredTakes): Outcome | undefined {
  const takes = takesAsStored(record, stored)
  if (!isFinal(record.state) || dequal(takes, record.takes)) return undefined
  return { record: { ...record, takes }, facts: [{ type: 'recording.stats' }] }
}

/** The recording as it is once its recorder has confirmed the command; undefined when it is so already. */
export function applyCommand(record: RecordingRecord, command: RecorderCommandBody, now: Date): Outcome | undefined {
  switch (command.type) {
    case 'layout':
      return applyLayout(record, command.layout)
    case 'source.add': {
      if (findSource(record, command.source.id) !== undefined) return undefined
      const source: SourceRecord = { spec: command.source, state: 'connecting', since: now.toISOString(), error: null }
      return { record: { ...record, sources: [...record.sources, source] }, facts: [{ type: 'source.state', source }] }
    }
    case 'source.update': {
      const before = findSource(record, command.sourceId)
      if (before === undefined) return undefined
      return replaceSource(record, { ...before, spec: { ...before.spec, ...command.patch } })
    }
    case 'source.remove': {
      const { sourceId } = command
      if (findSource(record, sourceId) === undefined) return undefined
      const sources = record.sources.filter((source) => source.spec.id !== sourceId)
      return { record: { ...record, sources }, facts: [{ type: 'source.removed', sourceId }] }
    }
    case 'stop':
      return nextState(record.state, 'finalizing') === undefined ? undefined : move(record, 'finalizing', now)
    case 'pause':
      return pause(record, now.toISOString(), now)
    case 'resume':
      return resume(record, now.toISOString(), now)
    case 'signals':
    case 'cut':
      return undefined
    default:
      return assertNever(command)
  }
}

/**
 * The recording after a report of its take; undefined when nothing is new. A take that is over, or that another has
 * followed, can only tell how much it has stored.
 */
export function applyReport(record: RecordingRecord, take: number, report: TakeReport, now: Date): Outcome | undefined {
  if (isFinal(record.state)) return undefined
  const running = record.takes.at(-1)
  if (running?.number !== take || running.endedAt !== null) {
    if (report.type !== 'progress' && report.type !== 'ended') return undefined
    const takes = takesAfterFigures(record, take, report, now)
    return takes && { record: { ...record, takes }, facts: [{ type: 'recording.stats' }] }
  }
  switch (report.type) {
    case 'started': {
      if (nextState(record.state, 'started') === undefined) return undefined
      const takes = changeTake(record, { startedAt: report.at, firstPictureAt: report.at, aliveAt: report.at })
      if (record.pausedAt !== null) return move(record, 'paused', now, { takes })
      return move(record, 'started', now, { takes, startedAt: record.startedAt ?? report.at })
    }
    case 'source': {
      const before = findSource(record, report.sourceId)
      if (before === undefined) return undefined
      return replaceSource(record, { spec: before.spec, state: report.state, since: report.at, error: report.error })
    }
    case 'layout':
      return applyLayout(record, report.layout)
    case 'paused':
      return record.state === 'recording' ? pause(record, report.at, now) : undefined
    case 'resumed':
      return record.state === 'paused' ? resume(record, report.at, now) : undefined
    case 'progress': {
      const { durationSec, segments, idleForSec } = report
      const takes = changeTake(record, {
        durationSec,
        segments,
        aliveAt: now.toISOString(),
        ...(idleForSec && { idleForSec }),
      })
      return { record: { ...record, takes, stats: report.stats ?? record.stats }, facts: [{ type: 'recording.stats' }] }
    }
    case 'warning':
      return { record, facts: [{ type: 'recording.warning', take, warning: report.error }] }
    case 'finalizing':
      return record.state === 'finalizing' ? undefined : move(record, 'finalizing', now)
    case 'ended':
      return ASKED_FOR.has(report.reason) ? endTake(record, report, now) : undefined
    case 'interrupted': {
      const takes = changeTake(record, { endedAt: report.at, error: report.error })
      if (record.state === 'finalizing') return { record: { ...record, takes }, facts: [{ type: 'recording.stats' }] }
      return move(record, 'interrupted', now, { takes })
    }
    default:
      return assertNever(report)
  }
}

/** A recording that no take records is remembered as paused, and its next take begins so. */
function pause(record: RecordingRecord, at: string, now: Date): Outcome | undefined {
  if (record.pausedAt !== null) return undefined
  if (record.state === 'recording') return move(record, 'paused', now, { pausedAt: at })
  return { record: { ...record, pausedAt: at }, facts: [{ type: 'recording.stats' }] }
}

function resume(record: RecordingRecord, at: string, now: Date): Outcome | undefined {
  if (record.pausedAt === null) return undefined
  if (record.state === 'paused')
    return move(record, 'resumed', now, { pausedAt: null, startedAt: record.startedAt ?? at })
  return { record: { ...record, pausedAt: null }, facts: [{ type: 'recording.stats' }] }
}

/** The end that was asked for. */
function endTake(record: RecordingRecord, report: Extract<TakeReport, { type: 'ended' }>, now: Date): Outcome {
  const error = report.error ?? WHY_ENDED[report.reason] ?? null
  const takes = changeTake(record, {
    endedAt: report.at,
    durationSec: report.durationSec,
    segments: report.segments,
    error: report.error,
  })
  return move(record, 'ended', now, { takes, error })
}

/** The error of a recording that ended at its longest duration. */
export const AT_MAX_DURATION: ErrorInfo = {
  code: 'recording.max-duration',
  message: 'The recording ended at its `maxDurationSec`.',
}

const WHY_ENDED: Readonly<Partial<Record<EndReason, ErrorInfo>>> = {
  'max-duration': AT_MAX_DURATION,
  idle: { code: 'recording.idle', message: 'The recording ended by its `idle` rules: nothing happened any more.' },
}

/** The recording's source; undefined when there is none of this id. */
export function findSource(record: RecordingRecord, id: string): SourceRecord | undefined {
  return record.sources.find((source) => source.spec.id === id)
}

function applyLayout(record: RecordingRecord, layout: Layout): Outcome | undefined {
  if (dequal(record.layout, layout)) return undefined
  return { record: { ...record, layout }, facts: [{ type: 'recording.layout' }] }
}

function replaceSource(record: RecordingRecord, source: SourceRecord): Outcome | undefined {
  const before = findSource(record, source.spec.id)
  if (before === undefined || dequal({ ...before, since: '' }, { ...source, since: '' })) return undefined
  const sources = record.sources.map((other) => (other.spec.id === source.spec.id ? source : other))
  return { record: { ...record, sources }, facts: [{ type: 'source.state', source }] }
}
