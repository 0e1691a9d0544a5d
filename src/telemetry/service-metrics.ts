import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { RECORDING_STATES, type RecordingState } from '../protocol/index.ts'
import { LATENCY_SECONDS, outcomeLabel } from './labels.ts'

type WebhookOutcome = 'delivered' | 'retried' | 'given-up'
type StateCounts = Readonly<Partial<Record<RecordingState, number>>>

/** The figures of a service beside its takes and highlights. */
export interface ServiceMetrics {
  /** `count` is called at every scrape; undefined when nobody knows, and nothing is shown. */
  countRecordingsWith(count: () => Promise<StateCounts | undefined>): void
  /** `completed`, or the code of an error. */
  observeJob(job: string, outcome: string): void
  observeHttp(request: {
    readonly method: string
    readonly route: string
    readonly status: number
    readonly durationMs: number
  }): void
  observeWebhook(outcome: WebhookOutcome): void
}

/** Registers the figures of a service. */
export function createServiceMetrics(registry: Registry): ServiceMetrics {
  const registers = [registry]
  const jobs = new Counter({
    name: 'panorec_jobs_total',
    help: 'Jobs ended, by outcome',
    labelNames: ['job', 'outcome'],
    registers,
  })
  const http = new Histogram({
    name: 'panorec_http_request_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'route', 'status'],
    buckets: LATENCY_SECONDS,
    registers,
  })
  const webhooks = new Counter({
    name: 'panorec_webhooks_total',
    help: 'Webhook attempts, by outcome',
    labelNames: ['outcome'],
    registers,
  })
  return {
    ...createRecordingGauge(registry),
    observeJob: (job, outcome) => jobs.inc({ job, outcome: outcomeLabel(outcome) }),
    observeHttp({ method, route, status, durationMs }) {
      http.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, durationMs / 1000)
    },
    observeWebhook: (outcome) => webhooks.inc({ outcome }),
  }
}

function createRecordingGauge(registry: Registry): Pick<ServiceMetrics, 'countRecordingsWith'> {
  let countByState = async (): Promise<StateCounts | undefined> => undefined
  new Gauge({
    name: 'panorec_recordings',
    help: 'Recordings by state',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const counts = await countByState()
      this.reset()
      if (counts === undefined) return
      for (const state of RECORDING_STATES) this.set({ state }, counts[state] ?? 0)
    },
  })
  return {
    countRecordingsWith(count) {
      countByState = count
    },
  }
}
