import { collectDefaultMetrics, Registry } from 'prom-client'
import { createHighlightMetrics, type HighlightMetrics } from './highlight-metrics.ts'
import { createServiceMetrics, type ServiceMetrics } from './service-metrics.ts'
import { createTakeMetrics, type TakeMetrics } from './take-metrics.ts'

/** The figures of one process, in a registry of its own. Every label has a bounded set of values. */
export interface Metrics extends TakeMetrics, HighlightMetrics, ServiceMetrics {
  readonly registry: Registry
}

/** Registers every figure, and those of the process. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'panorec_process_' })
  return {
    registry,
    ...createServiceMetrics(registry),
    ...createTakeMetrics(registry),
    ...createHighlightMetrics(registry),
  }
}
