/**
 * What an operator sees: the log and the figures. It decides nothing and keeps no state of the product; a recording
 * behaves the same without it.
 */
import { createLogger, type Logger, type LoggerOptions } from './logger.ts'
import { createMetrics, type Metrics } from './metrics.ts'

export type { LogPort } from './log-port.ts'
export { createLogger, type Logger, levelOf } from './logger.ts'
export { createMetrics, type Metrics } from './metrics.ts'

/** One of each for a process: they share nothing, so a test may make as many as it likes. */
interface Telemetry {
  readonly logger: Logger
  readonly metrics: Metrics
}

/** The log and the figures of one process. */
export function createTelemetry(options: LoggerOptions): Telemetry {
  return { logger: createLogger(options), metrics: createMetrics() }
}
