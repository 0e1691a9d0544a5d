import {
  type AppError,
  ASKED_FOR,
  appErrorFrom,
  assertNever,
  type HandoverOrder,
  type RecorderCommand,
  type RecorderEvent,
  type RecorderOrder,
  type RecorderRequest,
  toAppError,
} from '../protocol/index.ts'
import type { CommandLog, Takes } from '../recording/index.ts'
import type { Logger, Metrics } from '../telemetry/index.ts'
import { createOrderDesk, type OrderDesk } from './order-desk.ts'
import { logRecorderLine } from './recorder-log.ts'
import { type RecorderProcess, spawnRecorder } from './recorder-process.ts'
import { type HighlightReportPorts, type HighlightReports, reportHighlights } from './report-highlights.ts'
import { crashed, startTimeout, stopping, unresponsive } from './take-errors.ts'
import { createTakeWriter, type TakeWriter } from './take-writer.ts'
import { watchSilence } from './watch-silence.ts'
import { makeWorkFolder } from './work-folder.ts'

export interface TakeTimes {
  /** From the spawn to the first picture. */
  readonly startMs: number
  /** The same for a take that waits to take over. */
  readonly cueMs: number
  /** From a stop or a failure to the end of the process; then it is killed. Longer than a recorder waits for its store. */
  readonly stopMs: number
  /** The same when the worker itself stops, or the recorder did not start in time. */
  readonly terminateMs: number
  /** A running recorder that says nothing for so long is dead or stopped: it reports its figures every two seconds. */
  readonly silenceMs: number
}
export const DEFAULT_TAKE_TIMES: TakeTimes = {
  startMs: 30_000,
  cueMs: 60_000,
  stopMs: 40_000,
  terminateMs: 10_000,
  silenceMs: 15_000,
}

export interface RunningTakePorts extends Pick<HighlightReportPorts, 'highlights' | 'clips'> {
  readonly takes: Pick<Takes, 'report' | 'settle'>
  readonly commands: CommandLog
  readonly recorderScript: string
  readonly environment: Readonly<Record<string, string>>
  /** Removes what a recorder that was killed has left on this machine. */
  readonly clearTake: (recordingId: string, take: number) => Promise<void>
  readonly logger: Logger
  readonly metrics: Metrics
  readonly times: TakeTimes
  /** The first picture is there. */
  readonly onStarted: () => void
}

/**
 * `ended`: as it was asked for, and it is written. `superseded`: another worker has the recording. `handed-over`: to the next
 * take, at the border that it was told.
 */
export type TakeEnd =
  | { readonly kind: 'ended' | 'superseded' | 'handed-over'; readonly error: AppError | null }
  | { readonly kind: 'interrupted'; readonly at: string; readonly error: AppError }

/** One recorder process from its spawn on. */
export interface RunningTake {
  /** Resolves as soon as it records no more, or not for this recording; what it has may still be on its way to the store. */
  readonly end: Promise<TakeEnd>
  /** Resolves when the process and all that it needed are gone. Never rejects. */
  readonly gone: Promise<void>
  /** Ends it in order. */
  terminate(): void
  /** The take is over for this worker, but the recorder goes on until the next take overtakes it, or `terminate`. */
  leave(): void
  /** The same without this worker: the recorder ends by itself. */
  abandon(): void
  /** Says something of a hand-over to the recorder, as soon as it is there. */
  tell(order: HandoverOrder | RecorderOrder): void
  /** Calls back with every event of the recorder. */
  watch(listener: (event: RecorderEvent) => void): Disposable
  /** Brings no more orders; what it is asked from outside is then the next take's. Returns how far it got. */
  stopOrders(): number
  /** The recording is this take's: what it held back is written, and it gets the orders after this one. */
  takeOrders(after: number): void
  /** The other take, which waits, hears every order that this one gets, but a stop; its answers count for nothing. */
  letHear(other: Pick<RunningTake, 'tell'>): Disposable
}

/**
 * Starts a recorder; its events are written, and commands are brought to it, until its end. One that waits to take over gets
 * the room's history, but no orders and no word in the record before `takeOrders`.
 */
export function startTake(ports: RunningTakePorts, request: RecorderRequest): RunningTake {
  const { recordingId, take } = request
  const logger = ports.logger.child({ recordingId, take, traceId: request.traceId })
  const end = Promise.withResolvers<TakeEnd>()
  const over = new AbortController()
  const told = { terminate: () => {}, abandon: () => {}, stop: () => {} }
  const writer = createTakeWriter(ports.takes, { recordingId, take, logger, isClosed: request.handover !== null })
  const settle = (how: TakeEnd): void => {
    if (over.signal.aborted) return
    over.abort()
    if (how.error !== null) logger.warn({ err: how.error }, how.error.message)
    ports.metrics.observeTakeEnd(how.error?.code ?? 'completed')
    void writer.flush().then(() => end.resolve(how))
  }
  const interrupt = (error: AppError): void =>
    settle(
      error.code === 'take.superseded'
        ? { kind: 'superseded', error }
        : { kind: 'interrupted', at: new Date().toISOString(), error },
    )
  const desk = createOrderDesk({ commands: ports.commands, request, logger, onStop: () => told.stop() })
  const listeners = new Set<(event: RecorderEvent) => void>()
  const stage: Stage = { request, writer, settle, interrupt, over: over.signal, told, desk, listeners }
  const gone = supervise({ ...ports, logger }, stage).catch((thrown: unknown) => {
    const error = toAppError(thrown)
    logger.error({ err: error }, 'the recorder could not be supervised')
    interrupt(error)
  })
  return {
    end: end.promise,
    gone,
    terminate: () => told.terminate(),
    leave: () => interrupt(stopping()),
    abandon: () => told.abandon(),
    tell: (order) => desk.tell({ ...order, commandId: `take-${take}-${order.type}` } as RecorderCommand),
    watch(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => listeners.delete(listener) }
    },
    stopOrders: desk.stopOrders,
    takeOrders(after) {
      stage.writer.open()
      desk.takeOrders(after)
    },
    letHear: (other) =>
      desk.listen((command) => {
        if (command.type !== 'stop') other.tell(command)
      }),
  }
}

interface Stage {
  readonly request: RecorderRequest
  readonly writer: TakeWriter
  readonly settle: (end: TakeEnd) => void
  readonly interrupt: (error: AppError) => void
  /** Aborted when the take is settled. */
  readonly over: AbortSignal
  readonly told: { terminate: () => void; abandon: () => void; stop: () => void }
  readonly desk: OrderDesk
  readonly listeners: ReadonlySet<(event: RecorderEvent) => void>
}

async function supervise(ports: RunningTakePorts, stage: Stage): Promise<void> {
  const { request, writer, interrupt, told, desk } = stage
  const { logger, metrics, times } = ports
  const takeKey = `${request.recordingId}/${request.take}`
  await using folder = await makeWorkFolder('take')
  const highlights = reportHighlights(ports, request)
  using timers = new DisposableStack()
  const after = (ms: number, act: () => void) => timers.adopt(setTimeout(act, ms), clearTimeout)
  let started = false
  let ended = false
  let killing = false
  const killAfter = (ms: number) => {
    if (killing) return
    killing = true
    after(ms, () => kill(recorder, logger))
  }
  const silence = timers.use(
    watchSilence(times.silenceMs, () => {
      interrupt(unresponsive(times.silenceMs))
      kill(recorder, logger)
    }),
  )
  const onEvent = (event: RecorderEvent) => {
    if (event.type === 'started') ports.onStarted()
    if (event.type === 'started' || event.type === 'finalizing') started = true
    if (started) silence.heard()
    if (event.type === 'ended') ended = true
    if (event.type === 'failing') {
      interrupt(appErrorFrom(event.error))
      killAfter(times.stopMs)
    }
    if (event.type === 'finalizing' || event.type === 'failing' || event.type === 'ended') silence.stop()
    for (const listener of stage.listeners) listener(event)
    recordEvent(event, { ...stage, metrics, logger, takeKey, highlights })
  }
  const recorder = await spawnRecorder({
    script: ports.recorderScript,
    environment: { ...ports.environment, TMPDIR: folder.path },
    request,
    onEvent,
    onLine: (line, stream) => logRecorderLine(logger, line, stream),
  })
  await using _recorder = recorder
  logger.info({ pid: recorder.pid }, 'the recorder runs')
  told.stop = () => killAfter(times.stopMs)
  desk.attach(recorder)
  stage.over.addEventListener('abort', () => desk[Symbol.dispose](), { once: true })
  if (stage.over.aborted) desk[Symbol.dispose]()
  told.terminate = () => {
    recorder.terminate()
    after(times.terminateMs, () => kill(recorder, logger))
  }
  told.abandon = () => recorder.release()
  const startMs = request.handover === null ? times.startMs : times.cueMs
  after(startMs, () => {
    if (started) return
    interrupt(startTimeout(startMs))
    told.terminate()
  })
  const exit = await recorder.exited
  logger.info({ code: exit.code, signal: exit.signal }, 'the recorder is gone')
  interrupt(crashed(exit))
  desk[Symbol.dispose]()
  metrics.forgetTake(takeKey)
  if (!ended) await ports.clearTake(request.recordingId, request.take)
  await highlights.flush()
  await writer.flush()
}

function kill(recorder: RecorderProcess, logger: Logger): void {
  logger.error({ pid: recorder.pid }, 'the recorder does not end in time and is killed')
  recorder.kill()
}

/** An event of the recorder becomes what the record, the figures and the log say. */
function recordEvent(
  event: RecorderEvent,
  { writer, metrics, logger, takeKey, highlights, settle, interrupt }: Stage & Context,
): void {
  switch (event.type) {
    case 'starting':
    case 'due':
    case 'positions':
    case 'primed':
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
      return writer.stats(event.stats)
    case 'ack':
      return writer.settle(event.commandId, event.error)
    case 'warning':
      metrics.observeWatchdog(event.error.code)
      return logger.warn({ code: event.error.code }, event.error.message)
    case 'source':
      logger.info({ sourceId: event.sourceId, state: event.state, error: event.error }, 'a source changed')
      return writer.report(event)
    case 'ended':
      writer.report(event)
      if (ASKED_FOR.has(event.reason)) return settle({ kind: 'ended', error: null })
      if (event.reason === 'handed-over') return settle({ kind: 'handed-over', error: null })
      return interrupt(event.error === null ? stopping() : appErrorFrom(event.error))
    case 'started':
    case 'layout':
    case 'paused':
    case 'resumed':
    case 'finalizing':
      return writer.report(event)
    default:
      return assertNever(event)
  }
}

interface Context {
  readonly metrics: Metrics
  readonly logger: Logger
  readonly takeKey: string
  readonly highlights: HighlightReports
}
