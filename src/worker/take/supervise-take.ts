import { makeWorkFolder } from '../../machine/index.ts'
import {
  type AppError,
  appErrorFrom,
  type HandoverCommandBody,
  type RecorderCommand,
  type RecorderCommandBody,
  type RecorderEvent,
  type RecorderRequest,
  toAppError,
} from '../../protocol/index.ts'
import type { CommandLog, Takes } from '../../recording/index.ts'
import type { Logger, Metrics } from '../../telemetry/index.ts'
import { logRecorderLine } from '../child-log.ts'
import type { TakeTimes } from '../worker-times.ts'
import { type CommandChannel, createCommandChannel } from './command-channel.ts'
import { recordEvents } from './handle-events.ts'
import { createProcessControl, type ProcessControl } from './process-control.ts'
import { spawnRecorder } from './recorder-process.ts'
import { type HighlightReportPorts, reportHighlights } from './report-highlights.ts'
import { createTakeWriter, type TakeWriter, type TakeWriterOptions } from './report-writer.ts'
import { watchDeadlines } from './take-deadlines.ts'
import type { TakeEnd } from './take-end.ts'
import { crashed, stopping } from './take-errors.ts'

export interface RunningTakePorts extends Pick<HighlightReportPorts, 'highlights' | 'clips'> {
  readonly takes: Pick<Takes, 'report' | 'answerCommand'>
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

/** One recorder process from its spawn on. */
export interface RunningTake {
  /** Resolves as soon as it records no more, or not for this recording; what it has may still be on its way to the store. */
  readonly end: Promise<TakeEnd>
  /** Resolves when all that it reported until its end is written. Never rejects. */
  readonly written: Promise<void>
  /** What it has stored until now. */
  readonly progress: TakeWriter['progress']
  /** Resolves when the process and all that it needed are gone. Never rejects. */
  readonly gone: Promise<void>
  /** Aborted as soon as it was brought an order to stop, or is about to end for another reason: nobody can take over from it. */
  readonly ending: AbortSignal
  /** Ends it in order; nothing once the process is gone or abandoned. */
  terminate(): void
  /** The take is over for this worker, but the recorder goes on until the next take overtakes it, or `terminate`. */
  leave(): void
  /** The same without this worker: the recorder ends by itself. */
  abandon(): void
  /** Says something of a hand-over to the recorder, as soon as it is there. */
  tell(order: HandoverCommandBody | RecorderCommandBody): void
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
export function startTake(
  ports: RunningTakePorts,
  request: RecorderRequest,
  { after }: Pick<TakeWriterOptions, 'after'> = {},
): RunningTake {
  const { recordingId, take } = request
  const logger = ports.logger.child({ recordingId, take, traceId: request.traceId })
  const end = Promise.withResolvers<TakeEnd>()
  const written = Promise.withResolvers<void>()
  const over = new AbortController()
  const ending = new AbortController()
  const reins = createProcessControl()
  const writer = createTakeWriter(ports.takes, {
    recordingId,
    take,
    logger,
    isClosed: request.handover !== null,
    ...(after && { after }),
  })
  const settle = (how: TakeEnd): void => {
    if (over.signal.aborted) return
    over.abort()
    ending.abort()
    if (how.error !== null) logger.warn({ err: how.error }, how.error.message)
    ports.metrics.observeTakeEnd(how.error?.code ?? 'completed')
    written.resolve(writer.flush())
    end.resolve(how)
  }
  const interrupt = (error: AppError): void =>
    settle(
      error.code === 'take.superseded'
        ? { kind: 'superseded', error }
        : { kind: 'interrupted', at: new Date().toISOString(), error },
    )
  const onStop = (): void => {
    ending.abort()
    reins.stop()
  }
  const desk = createCommandChannel({ commands: ports.commands, request, logger, onStop })
  const listeners = new Set<(event: RecorderEvent) => void>()
  listeners.add(({ type }) => {
    if (type === 'finalizing' || type === 'failing') ending.abort()
  })
  const stage: Stage = { request, writer, settle, interrupt, over: over.signal, reins, desk, listeners }
  const gone = supervise({ ...ports, logger }, stage).catch((thrown: unknown) => {
    const error = toAppError(thrown)
    logger.error({ err: error }, 'the recorder could not be supervised')
    interrupt(error)
  })
  return {
    end: end.promise,
    written: written.promise,
    get progress() {
      return writer.progress
    },
    gone,
    ending: ending.signal,
    terminate: reins.terminate,
    leave: () => interrupt(stopping()),
    abandon: reins.abandon,
    tell(order) {
      desk.tell({ ...order, commandId: `take-${take}-${order.type}` } as RecorderCommand)
      if (order.type === 'handover.end') reins.handOver()
    },
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
  readonly reins: ProcessControl
  readonly desk: CommandChannel
  readonly listeners: ReadonlySet<(event: RecorderEvent) => void>
}

async function supervise(ports: RunningTakePorts, stage: Stage): Promise<void> {
  const { request, writer, settle, interrupt, reins, desk } = stage
  const { logger, metrics, times } = ports
  const takeKey = `${request.recordingId}/${request.take}`
  await using folder = await makeWorkFolder('take')
  const highlights = reportHighlights(ports, request)
  const record = recordEvents({ writer, metrics, logger, takeKey, highlights, settle, interrupt })
  let ended = false
  const recorder = await spawnRecorder({
    script: ports.recorderScript,
    environment: { ...ports.environment, TMPDIR: folder.path },
    request,
    onEvent(event) {
      if (event.type === 'started') ports.onStarted()
      if (event.type === 'ended') ended = true
      if (event.type === 'failing') interrupt(appErrorFrom(event.error))
      deadlines.see(event)
      for (const listener of stage.listeners) listener(event)
      record(event)
    },
    onLine: (line, stream) => logRecorderLine(logger, line, stream),
  })
  await using _recorder = recorder
  using deadlines = watchDeadlines({ recorder, times, isStandby: request.handover !== null, interrupt, logger })
  logger.info({ pid: recorder.pid }, 'the recorder runs')
  desk.attach(recorder)
  stage.over.addEventListener('abort', () => desk[Symbol.dispose](), { once: true })
  if (stage.over.aborted) desk[Symbol.dispose]()
  reins.attach(deadlines)
  const exit = await recorder.exited
  logger.info({ code: exit.code, signal: exit.signal }, 'the recorder is gone')
  interrupt(crashed(exit))
  desk[Symbol.dispose]()
  metrics.forgetTake(takeKey)
  if (!ended) await ports.clearTake(request.recordingId, request.take)
  await highlights.flush()
  await writer.flush()
}
