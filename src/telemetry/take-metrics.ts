import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { ErrorCode, RecordingStats } from '../protocol/index.ts'
import { LATENCY_SECONDS, outcomeLabel } from './labels.ts'

/** The figures of takes. */
export interface TakeMetrics {
  observeSegment(segment: { readonly bytes: number; readonly latencyMs: number }): void
  /** Adds what a take reported since its report before; the gauges are the sums over all running takes. */
  observeTake(takeKey: string, stats: RecordingStats): void
  forgetTake(takeKey: string): void
  /** Counts what the watchdog of a recorder found; any other code is not counted. */
  observeWatchdog(code: string): void
  /** `completed`, or the code of what ended the take. */
  observeTakeEnd(outcome: string): void
  /** From the end of a take to the first picture of the next one. */
  observeRecovery(seconds: number): void
}

const WATCHDOG_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'page.no-packets',
  'page.unresponsive',
  'page.memory',
  'picture.frozen',
  'picture.black',
  'sound.silent',
])
const RECOVERY_SECONDS = [0.5, 1, 1.5, 2, 3, 5, 10, 20, 30, 60, 300, 600]

/** Registers the figures of takes. */
export function createTakeMetrics(registry: Registry): TakeMetrics {
  return {
    ...createSegmentMetrics(registry),
    ...createStatsMetrics(registry),
    ...createWatchdogMetrics(registry),
    ...createEndMetrics(registry),
  }
}

function createSegmentMetrics(registry: Registry): Pick<TakeMetrics, 'observeSegment'> {
  const registers = [registry]
  const segments = new Counter({ name: 'panorec_segments_total', help: 'Segments stored', registers })
  const segmentBytes = new Counter({ name: 'panorec_segment_bytes_total', help: 'Bytes of segments stored', registers })
  const latency = new Histogram({
    name: 'panorec_segment_latency_seconds',
    help: 'From the last frame of a segment to its confirmation by the store',
    buckets: LATENCY_SECONDS,
    registers,
  })
  return {
    observeSegment({ bytes, latencyMs }) {
      segments.inc()
      segmentBytes.inc(bytes)
      latency.observe(latencyMs / 1000)
    },
  }
}

function createWatchdogMetrics(registry: Registry): Pick<TakeMetrics, 'observeWatchdog'> {
  const watchdog = new Counter({
    name: 'panorec_watchdog_total',
    help: 'What the watchdogs of recorders found, by code',
    labelNames: ['code'],
    registers: [registry],
  })
  for (const code of WATCHDOG_CODES) watchdog.inc({ code }, 0)
  return {
    observeWatchdog(code) {
      if (WATCHDOG_CODES.has(code)) watchdog.inc({ code })
    },
  }
}

function createEndMetrics(registry: Registry): Pick<TakeMetrics, 'observeTakeEnd' | 'observeRecovery'> {
  const registers = [registry]
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
  return {
    observeTakeEnd: (outcome) => takes.inc({ outcome: outcomeLabel(outcome) }),
    observeRecovery: (seconds) => recovery.observe(seconds),
  }
}

/** Counters grow by the difference to the take's report before; gauges are summed over the takes that run. */
function createStatsMetrics(registry: Registry): Pick<TakeMetrics, 'observeTake' | 'forgetTake'> {
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
