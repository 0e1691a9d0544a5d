import type { HighlightObserver } from '../highlights/index.ts'
import { type Logger, levelOf, type Metrics } from '../telemetry/index.ts'

/** What an operator sees of highlights: a line in the log and the figures. */
export function createHighlightObserver(logger: Logger, metrics: Metrics): HighlightObserver {
  return {
    playable({ id: highlightId, recordingId, traceId, gaps, clamped }, afterMs) {
      metrics.observePlayable(afterMs)
      logger.info({ highlightId, recordingId, traceId, gaps: gaps.length, clamped, afterMs }, 'a clip plays')
    },
    ready({ id: highlightId, recordingId, traceId, durationSec, bytes }, afterMs) {
      metrics.observeReady(afterMs)
      metrics.observeHighlight('ready')
      logger.info({ highlightId, recordingId, traceId, durationSec, bytes, afterMs }, 'a clip is ready')
    },
    failed({ id: highlightId, recordingId, traceId, error }) {
      metrics.observeHighlight(error?.code ?? 'internal')
      logger.warn({ highlightId, recordingId, traceId, error }, 'a highlight has no clip')
    },
    recap({ id: recapId, recordingId, traceId, state, durationSec, error }) {
      logger[error === null ? 'info' : 'warn'](
        { recapId, recordingId, traceId, durationSec, error },
        `a recap is ${state}`,
      )
    },
    trouble(err, what, { recordingId, traceId }) {
      logger[levelOf(err)]({ err, recordingId, traceId }, what)
    },
  }
}
