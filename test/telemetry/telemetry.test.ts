import { expect, test } from 'vitest'
import { AppError } from '../../src/protocol/index.ts'
import { createLogger, createMetrics, levelOf } from '../../src/telemetry/index.ts'

const STATS = {
  frames: 10,
  droppedFrames: 1,
  segments: 1,
  bytes: 1,
  segmentLatencyMs: 1,
  cpuCores: 0.5,
  memoryBytes: 100,
}

function logOnce(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = []
  write(createLogger({ level: 'trace', destination: { write: (line: string) => void lines.push(line) } }))
  return lines.join('')
}

test('tokens and secrets are redacted wherever a spec has them', () => {
  const spec = {
    signalling: { token: 'hidden' },
    sources: [{ token: 'hidden' }],
    webhooks: [{ secret: 'hidden' }],
    secret: 'hidden',
  }
  const line = logOnce((logger) =>
    logger.info({ token: 'hidden', spec, request: { spec }, headers: { authorization: 'hidden' } }, 'x'),
  )
  expect(line).not.toContain('hidden')
  expect(line).toContain('[redacted]')
})

test('an error is logged with its code, its fault and its causes', () => {
  const err = new AppError('store.unavailable', 'no store', { cause: new Error('refused') })
  const { err: logged, level } = JSON.parse(logOnce((logger) => logger[levelOf(err)]({ err }, 'x')))
  expect(level).toBe('error')
  expect(logged).toMatchObject({ code: 'store.unavailable', fault: 'destination', cause: { message: 'refused' } })
})

test.each([
  ['recording.not-found', 'info'],
  ['source.stalled', 'warn'],
  ['store.refused', 'error'],
  ['internal', 'error'],
] as const)('%s is logged at %s', (code, level) => {
  expect(levelOf(new AppError(code, 'x'))).toBe(level)
})

test('frames count up by what is new, and gauges are sums of the takes that run', async () => {
  const metrics = createMetrics()
  metrics.observeTake('a/1', STATS)
  metrics.observeTake('a/1', { ...STATS, frames: 30 })
  metrics.observeTake('b/1', STATS)
  const text = await metrics.registry.metrics()
  expect(text).toContain('panorec_frames_total 40')
  expect(text).toContain('panorec_recorder_cpu_cores 1\n')
  metrics.forgetTake('a/1')
  expect(await metrics.registry.metrics()).toContain('panorec_recorder_memory_bytes 100')
})

test('labels are bounded: an unknown outcome counts as internal, a status as its class', async () => {
  const metrics = createMetrics()
  metrics.observeJob('recording.take', 'made-up.code')
  metrics.observeHttp({ method: 'GET', route: '/v1/recordings/:id', status: 404, durationMs: 3 })
  const text = await metrics.registry.metrics()
  expect(text).toContain('panorec_jobs_total{job="recording.take",outcome="internal"} 1')
  expect(text).toContain('status="4xx"')
})

test('states are shown when they are known, and nothing is shown when not', async () => {
  const metrics = createMetrics()
  metrics.countRecordingsWith(async () => ({ recording: 2 }))
  expect(await metrics.registry.metrics()).toContain('panorec_recordings{state="recording"} 2')
  metrics.countRecordingsWith(async () => undefined)
  expect(await metrics.registry.metrics()).not.toContain('panorec_recordings{')
})
