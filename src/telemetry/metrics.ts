import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import {
  type ErrorCode,
  isErrorCode,
  RECORDING_STATES,
  type RecordingState,
  type RecordingStats,
} from '../protocol/index.ts'
import { createHighlightMetrics, type HighlightMetrics } from './highlight-metrics.ts'

export type JobOutcome = ErrorCode | 'completed'
export type WebhookOutcome = 'delivered' | 'retried' | 'given-up'

export type StateCounts = Readonly<Partial<Record<RecordingState, number>>>

/** The figures of one process, in a registry of its own. Every label has a bounded set of values. */
export interface Metrics extends HighlightMetrics {
  readonly registry: Registry
  /** Asked at every scrape: how many recordings are in each state; undefined when nobody knows, and nothing is shown. */
  countRecordingsWith(count: () => Promise<StateCounts | undefined>): void
  observeSegment(segment: { readonly bytes: number; readonly latencyMs: number }): void
  /** Adds what a take reported since its report before; the gauges are the sums over all running takes. */
  observeTake(takeKey: string, stats: RecordingStats): void
  forgetTake(takeKey: string): void
  /** Counts what the watchdog of a recorder found; any other code is not counted. */
  observeWatchdog(code: string): void
  observeJob(job: string, outcome: string): void
  /** `completed`, or the code of what ended the take. */
  observeTakeEnd(outcome: string): void
  /** From the end of a take to the first picture of the next one. */
  observeRecovery(seconds: number): void
  observeHttp(request: {
    readonly method: string
    readonly route: string
    readonly status: number
    readonly durationMs: number
  }): void
  observeWebhook(outcome: WebhookOutcome): void
}

const WATCHDOG_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'page.no-packets',
  'page.unresponsive',
  'page.memory',
  'picture.frozen',
  'picture.black',
  'sound.silent',
])
const LATENCY_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

const RECOVERY_SECONDS = [0.5, 1, 1.5, 2, 3, 5, 10, 20, 30, 60, 300, 600]

/** Keeps the values of a label bounded. */
const known = (outcome: string) => (outcome === 'completed' || isErrorCode(outcome) ? outcome : 'internal')

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'panorec_process_' })
  let countByState = async (): Promise<StateCounts | undefined> => undefined
  new Gauge({
    name: 'panorec_recordings',
    help: 'Recordings by state',
    labelNames: ['state'],
    registers,
    async collect() {
      const counts = await countByState()
      this.reset()
      if (counts === undefined) return
      for (const state of RECORDING_STATES) this.set({ state }, counts[state] ?? 0)
    },
  })
  const segments = new Counter({ name: 'panorec_segments_total', help: 'Segments stored', registers })
  const segmentBytes = new Counter({ name: 'panorec_segment_bytes_total', help: 'Bytes of segments stored', registers })
  const segmentLatency = new Histogram({
    name: 'panorec_segment_latency_seconds',
    help: 'From the last frame of a segment to its confirmation by the store',
    buckets: LATENCY_SECONDS,
    registers,
  })
  const watchdog = new Counter({
    name: 'panorec_watchdog_total',
    help: 'What the watchdogs of recorders found, by code',
    labelNames: ['code'],
    registers,
  })
  for (const code of WATCHDOG_CODES) watchdog.inc({ code }, 0)
  const jobs = new Counter({
    name: 'panorec_jobs_total',
    help: 'Jobs ended, by outcome',
    labelNames: ['job', 'outcome'],
    registers,
  })
  const takes = new Counter({
    name: 'panorec_takes_total',
    help: 'Takes ended, by outcome',
    labelNames: ['outcome'],
    registers,
  })
  const recovery = new Histogram({
    name: 'panorec_recovery_seconds',
    help: 'From the end of a take that nobody asked for to the first picture of the next one',
    buckets: RECOVERY_SECONDS,
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
    registry,
    ...createTakeMetrics(registry),
    ...createHighlightMetrics(registry),
    countRecordingsWith(count) {
      countByState = count
    },
    observeSegment({ bytes, latencyMs }) {
      segments.inc()
      segmentBytes.inc(bytes)
      segmentLatency.observe(latencyMs / 1000)
    },
    observeWatchdog(code) {
      if (WATCHDOG_CODES.has(code)) watchdog.inc({ code })
    },
    observeJob(job, outcome) {
      jobs.inc({ job, outcome: known(outcome) })
    },
    observeTakeEnd(outcome) {
      takes.inc({ outcome: known(outcome) })
    },
    observeRecovery(seconds) {
      recovery.observe(seconds)
    },
    observeHttp({ method, route, status, durationMs }) {
      http.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, durationMs / 1000)
    },
    observeWebhook(outcome) {
      webhooks.inc({ outcome })
    },
  }
}

/** Counters grow by the difference to the take's report before; gauges are summed over the takes that run. */
function createTakeMetrics(registry: Registry): Pick<Metrics, 'observeTake' | 'forgetTake'> {
  const registers = [registry]
  const frames = new Counter({ name: 'panorec_frames_total', help: 'Pictures encoded', registers })
  const drops = new Counter({
    name: 'panorec_dropped_frames_total',
    help: 'Pictures dropped before they were encoded',
    registers,
  })
  const running = new Map<string, RecordingStats>()
  const sum = (pick: (stats: RecordingStats) => number) =>
    [...running.values()].reduce((total, stats) => total + pick(stats), 0)
  new Gauge({
    name: 'panorec_recorder_cpu_cores',
    help: 'CPU of all recorders and their Chromes, cores',
    registers,
    collect() {
      this.set(sum((stats) => stats.cpuCores))
    },
  })
  new Gauge({
    name: 'panorec_recorder_memory_bytes',
    help: 'Memory of all recorders and their Chromes, PSS',
    registers,
    collect() {
      this.set(sum((stats) => stats.memoryBytes))
    },
  })
  return {
    observeTake(takeKey, stats) {
      const before = running.get(takeKey)
      frames.inc(Math.max(0, stats.frames - (before?.frames ?? 0)))
      drops.inc(Math.max(0, stats.droppedFrames - (before?.droppedFrames ?? 0)))
      running.set(takeKey, stats)
    },
    forgetTake(takeKey) {
      running.delete(takeKey)
    },
  }
}
