import { type AppError, ASKED_FOR, appErrorFrom, assertNever, type RecorderEvent } from '../../protocol/index.ts'
import type { Logger, Metrics } from '../../telemetry/index.ts'
import type { HighlightReports } from './report-highlights.ts'
import type { TakeWriter } from './report-writer.ts'
import type { TakeEnd } from './take-end.ts'
import { stopping } from './take-errors.ts'
import { limitWarnings } from './warning-limit.ts'

/** Whom the events of one take concern. */
export interface EventReaders {
  readonly writer: TakeWriter
  readonly metrics: Metrics
  readonly logger: Logger
  readonly takeKey: string
  readonly highlights: HighlightReports
  readonly settle: (end: TakeEnd) => void
  readonly interrupt: (error: AppError) => void
}

/** What a recorder says becomes what the record, the figures and the log say. */
export function recordEvents(readers: EventReaders): (event: RecorderEvent) => void {
  const { writer, metrics, logger, takeKey, highlights, settle, interrupt } = readers
  const isTold = limitWarnings()
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
        return writer.segment(event)
      case 'stats':
        metrics.observeTake(takeKey, event.stats)
        return writer.stats(event)
      case 'ack':
        return writer.settle(event.commandId, event.error)
      case 'warning':
        metrics.observeWatchdog(event.error.code)
        logger.warn({ code: event.error.code }, event.error.message)
        if (isTold(event.error.code, performance.now())) writer.report(event)
        return
      case 'source':
        logger.info({ sourceId: event.sourceId, state: event.state, error: event.error }, 'a source changed')
        return writer.report(event)
      case 'ended':
        writer.report(event)
        if (ASKED_FOR.has(event.reason)) return settle({ kind: 'ended', error: null })
        if (event.reason === 'handed-over') return settle({ kind: 'handed-over', error: null })
        return interrupt(event.error === null ? stopping() : appErrorFrom(event.error))
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
