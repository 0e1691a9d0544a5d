import {
  AppError,
  assertNever,
  errorInfo,
  type RecorderEvent,
  type RecorderRequest,
  toAppError,
} from '../protocol/index.ts'
import type { CommandLog, Finalizer, RecorderSurroundings, Takes } from '../recording/index.ts'
import { type Logger, levelOf, type Metrics } from '../telemetry/index.ts'
import { carryCommands } from './command-courier.ts'
import { logRecorderLine } from './recorder-log.ts'
import { type RecorderProcess, spawnRecorder } from './recorder-process.ts'
import { crashed, startTimeout } from './take-errors.ts'
import { makeTakeFolder } from './take-folder.ts'
import { createTakeWriter, type TakeWriter } from './take-writer.ts'

export interface TakeTimes {
  /** From the spawn to the first picture. */
  readonly startMs: number
  /** From a stop to the end of the process; then it is killed. Longer than a recorder waits for its store. */
  readonly stopMs: number
  /** The same when the worker itself stops, or the recorder did not start in time. */
  readonly terminateMs: number
}
export const DEFAULT_TAKE_TIMES: TakeTimes = { startMs: 30_000, stopMs: 40_000, terminateMs: 10_000 }

export interface TakePorts {
  readonly takes: Takes
  readonly commands: CommandLog
  readonly finalizer: Finalizer
  readonly enqueueFinalize: (recordingId: string, afterSec: number) => Promise<void>
  readonly surroundings: RecorderSurroundings
  readonly recorderScript: string
  readonly environment: Readonly<Record<string, string>>
  readonly logger: Logger
  readonly metrics: Metrics
  readonly times?: Partial<TakeTimes>
}

/** How long the playlists of a crashed recorder may take to be closed before that becomes a job of its own. */
const FINALIZE_MS = 15_000

/** How a take ended, as a metrics label: `completed` or an error code. */
export type TakeOutcome = string

/**
 * One take from its begin to its end: a recorder process is given its request, its events are written, commands are
 * brought to it. Whatever happens the recording has a final state and closed playlists afterwards. `signal` ends it in
 * order. Undefined when there was nothing to record any more.
 */
export async function runTake(
  ports: TakePorts,
  recordingId: string,
  signal: AbortSignal,
): Promise<TakeOutcome | undefined> {
  const request = await ports.takes.begin(recordingId, ports.surroundings)
  if (request === undefined) return undefined
  const logger = ports.logger.child({ recordingId, take: request.take, traceId: request.traceId })
  const writer = createTakeWriter(ports.takes, { recordingId, take: request.take, logger })
  const takeKey = `${recordingId}/${request.take}`
  await using folder = await makeTakeFolder()
  const environment = { ...ports.environment, TMPDIR: folder.path }
  try {
    const end = await superviseRecorder({ ...ports, environment, logger }, { request, writer, signal, takeKey })
    if (end.ended !== undefined) return end.ended.error?.code ?? 'completed'
    return await closeCrashed({ ...ports, logger }, { recordingId, error: end.error, writer })
  } finally {
    await writer.flush()
    ports.metrics.forgetTake(takeKey)
  }
}

interface Stage {
  readonly request: RecorderRequest
  readonly writer: TakeWriter
  readonly signal: AbortSignal
  readonly takeKey: string
}
type Ended = Extract<RecorderEvent, { type: 'ended' }>
type TakeEnd = { readonly ended: Ended } | { readonly ended: undefined; readonly error: AppError }

/** Runs the process until it is gone. Its own `ended` is the end; without one it crashed, or did not start in time. */
async function superviseRecorder(ports: TakePorts, { request, writer, signal, takeKey }: Stage): Promise<TakeEnd> {
  const { logger, metrics } = ports
  const times = { ...DEFAULT_TAKE_TIMES, ...ports.times }
  let ended: Ended | undefined
  let late = false
  using timers = new DisposableStack()
  const after = (ms: number, act: () => void) => timers.adopt(setTimeout(act, ms), clearTimeout)
  let started = false
  const onEvent = (said: RecorderEvent) => {
    const event = late && said.type === 'ended' ? endedLate(said, times.startMs) : said
    started ||= event.type === 'started' || event.type === 'finalizing'
    if (event.type === 'ended') ended = event
    recordEvent(event, { writer, metrics, logger, takeKey })
  }
  await using recorder = await spawnRecorder({
    script: ports.recorderScript,
    environment: ports.environment,
    request,
    onEvent,
    onLine: (line, stream) => logRecorderLine(logger, line, stream),
  }).catch((error: unknown) => ({ failed: toAppError(error), [Symbol.asyncDispose]: async () => {} }))
  if ('failed' in recorder) return { ended: undefined, error: recorder.failed }
  logger.info({ pid: recorder.pid }, 'the recorder runs')

  const killAfter = (ms: number) => after(ms, () => kill(recorder, logger))
  const terminate = () => {
    recorder.terminate()
    killAfter(times.terminateMs)
  }
  after(times.startMs, () => {
    if (started) return
    late = true
    terminate()
  })
  if (signal.aborted) terminate()
  signal.addEventListener('abort', terminate, { once: true })
  timers.defer(() => signal.removeEventListener('abort', terminate))
  timers.use(
    carryCommands(ports.commands, {
      recordingId: request.recordingId,
      recorder,
      logger,
      onCommand: (type) => {
        if (type === 'stop') killAfter(times.stopMs)
      },
    }),
  )
  const exit = await recorder.exited
  logger.info({ code: exit.code, signal: exit.signal, reason: ended?.reason }, 'the recorder is gone')
  if (ended !== undefined) return { ended }
  return { ended, error: late ? startTimeout(times.startMs, exit.lastLines) : crashed(exit) }
}

function kill(recorder: RecorderProcess, logger: Logger): void {
  logger.error({ pid: recorder.pid }, 'the recorder does not end in time and is killed')
  recorder.kill()
}

/** An event of the recorder becomes what the record, the figures and the log say. */
function recordEvent(
  event: RecorderEvent,
  { writer, metrics, logger, takeKey }: { writer: TakeWriter; metrics: Metrics; logger: Logger; takeKey: string },
): void {
  switch (event.type) {
    case 'starting':
      return
    case 'segment':
      metrics.observeSegment(event)
      return writer.segment(event)
    case 'stats':
      metrics.observeTake(takeKey, event.stats)
      return writer.stats(event.stats)
    case 'ack':
      return writer.settle(event.commandId, event.error)
    case 'warning':
      return logger.warn({ code: event.error.code }, event.error.message)
    case 'source':
      logger.info({ sourceId: event.sourceId, state: event.state, error: event.error }, 'a source changed')
      return writer.report(event)
    case 'started':
    case 'layout':
    case 'finalizing':
    case 'ended':
      return writer.report(event)
    default:
      return assertNever(event)
  }
}

/** The recorder left its playlists open: they are closed from the store, and the recording says why it ended. */
async function closeCrashed(
  { finalizer, enqueueFinalize, logger }: TakePorts,
  { recordingId, error, writer }: { recordingId: string; error: AppError; writer: TakeWriter },
): Promise<TakeOutcome> {
  logger[levelOf(error)]({ err: error }, error.message)
  const stored = await inTime(finalizer.finalize(recordingId, errorInfo(error))).catch(async (err: unknown) => {
    logger.error({ err }, 'the playlists of the recording cannot be closed now; it is tried again')
    await enqueueFinalize(recordingId, 5)
    return undefined
  })
  writer.report({ type: 'crashed', at: new Date().toISOString(), error: errorInfo(error), stored })
  return error.code
}

/** A store that hangs must not hold back the news that the recording failed. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = () =>
    reject(new AppError('store.unavailable', `The store did not answer within ${FINALIZE_MS / 1000} s.`))
  const timer = setTimeout(late, FINALIZE_MS)
  return await Promise.race([work, promise]).finally(() => clearTimeout(timer))
}

/** A recorder that was ended because it did not start says `terminated`; why it was, only we know. */
function endedLate(ended: Ended, startMs: number): Ended {
  return { ...ended, reason: 'failed', error: ended.error ?? errorInfo(startTimeout(startMs)) }
}
