import { type AppError, ASKED_FOR, appErrorFrom, assertNever, type RecorderEvent } from '../../protocol/index.ts'
import type { Logger, Metrics } from '../../telemetry/index.ts'
import type { HighlightReports } from './report-highlights.ts'
import type { TakeWriter } from './report-writer.ts'
import type { TakeEnd } from './take-end.ts'
import { stopping } from './take-errors.ts'
import { limitWarnings } from './warning-limit.ts'

/** Whom the events of one take concern. */
interface EventReaders {
  readonly writer: TakeWriter
  readonly metrics: Metrics
  readonly logger: Logger
  readonly takeKey: string
  readonly highlights: HighlightReports
  readonly endTake: (end: TakeEnd) => void
  readonly interrupt: (error: AppError) => void
}

/** Turns the events of a recorder into what the record, the figures and the log show. */
export function createEventHandler(readers: EventReaders): (event: RecorderEvent) => void {
  const { writer, metrics, logger, takeKey, highlights } = readers
  const isReported = limitWarnings()
  return (event) => {
    switch (event.type) {
      case 'starting':
      case 'handover-due':
      case 'positions':
      case 'ready':
        return
      case 'failing':
        return metrics.observeWatchdog(event.error.code)
      case 'trigger':
        return highlights.trigger(event)
      case 'segment':
        metrics.observeSegment(event)
        highlights.segment(event)
        return writer.addSegment(event)
      case 'stats':
        metrics.observeTake(takeKey, event.stats)
        return writer.addStats(event)
      case 'ack':
        return writer.answer(event)
      case 'warning':
        metrics.observeWatchdog(event.error.code)
        logger.warn({ code: event.error.code }, event.error.message)
        if (isReported(event.error.code, performance.now())) writer.report(event)
        return
      case 'source':
        logger.info({ sourceId: event.sourceId, state: event.state, error: event.error }, 'a source changed')
        return writer.report(event)
      case 'ended':
        writer.report(event)
        return handleEnd(event, readers)
      case 'started':
        highlights.started()
        return writer.report(event)
      case 'layout':
      case 'paused':
      case 'resumed':
      case 'finalizing':
        return writer.report(event)
      default:
        return assertNever(event)
    }
  }
}

function handleEnd(
  { reason, error }: Extract<RecorderEvent, { type: 'ended' }>,
  { endTake, interrupt }: Pick<EventReaders, 'endTake' | 'interrupt'>,
): void {
  if (ASKED_FOR.has(reason)) return endTake({ kind: 'ended', error: null })
  if (reason === 'handed-over') return endTake({ kind: 'handed-over', error: null })
  interrupt(error === null ? stopping() : appErrorFrom(error))
}
