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
import type { RecorderPool } from '../spares/recorder-pool.ts'
import type { RecorderProcess } from '../spares/waiting-recorder.ts'
import type { TakeTimes } from '../worker-times.ts'
import { CommandChannel } from './command-channel.ts'
import { createEventHandler } from './handle-events.ts'
import { ProcessControl } from './process-control.ts'
import { type HighlightReportPorts, type HighlightReports, reportHighlights } from './report-highlights.ts'
import { TakeWriter, type TakeWriterOptions } from './report-writer.ts'
import { TakeDeadlines } from './take-deadlines.ts'
import type { TakeEnd } from './take-end.ts'
import { crashed, stopping } from './take-errors.ts'

export interface RunningTakePorts extends Pick<HighlightReportPorts, 'highlights' | 'clips'> {
  readonly takes: Pick<Takes, 'report' | 'answerCommand'>
  readonly commands: CommandLog
  readonly recorders: Pick<RecorderPool, 'begin'>
  /** Removes what a recorder that was killed has left on this machine. */
  readonly clearTake: (recordingId: string, take: number) => Promise<void>
  readonly logger: Logger
  readonly metrics: Metrics
  readonly times: TakeTimes
  /** The first picture is there. */
  readonly onStarted: () => void
}

/** One recorder process from its request on. */
export interface RunningTake {
  /** Resolves as soon as it records no more, or not for this recording; its last segments may still be on their way to the store. */
  readonly end: Promise<TakeEnd>
  /** Resolves when everything that it reported until its end is written. Never rejects. */
  readonly written: Promise<void>
  /** What it has stored until now. */
  readonly progress: TakeWriter['progress']
  /** Resolves when the process and everything that it needed are gone. Never rejects. */
  readonly gone: Promise<void>
  /** Aborted as soon as it has a command to stop, or is about to end for another reason: no take can take over from it. */
  readonly ending: AbortSignal
  /** Ends it in order; nothing once the process is gone or abandoned. */
  terminate(): void
  /** Ends the take for this worker; the recorder goes on until the next take overtakes it, or `terminate`. */
  leave(): void
  /** Cuts the recorder off from this worker: it ends by itself. */
  abandon(): void
  /** Sends a command of a hand-over, as soon as the recorder is there. */
  send(command: HandoverCommandBody | RecorderCommandBody): void
  /** Calls back with every event of the recorder. */
  onEvent(listener: (event: RecorderEvent) => void): Disposable
  /** Delivers no more commands of the recording; returns the number of the last one. */
  pauseCommands(): number
  /** Delivers the commands of the recording after this one. */
  resumeCommands(afterSeq: number): void
  /** The recording is this standby take's: its reports are written, and it gets the commands after this one. */
  takeOver(afterSeq: number): void
  /** The standby take gets every command that this one gets, but a stop; its answers count for nothing. */
  forwardCommands(standby: Pick<RunningTake, 'send'>): Disposable
}

/**
 * Starts a recorder; its events are written, and commands are delivered to it, until its end. A standby one gets the room's history,
 * but before `takeOver` no commands, and nothing of it is written.
 */
export function startTake(
  ports: RunningTakePorts,
  request: RecorderRequest,
  options: Pick<TakeWriterOptions, 'after'> = {},
): RunningTake {
  return new SupervisedTake(ports, request, options)
}

class SupervisedTake implements RunningTake {
  readonly #ports: RunningTakePorts
  readonly #request: RecorderRequest
  readonly #control = new ProcessControl()
  readonly #channel: CommandChannel
  readonly #writer: TakeWriter
  readonly #listeners = new Set<(event: RecorderEvent) => void>()
  readonly #end = Promise.withResolvers<TakeEnd>()
  readonly #written = Promise.withResolvers<void>()
  readonly #over = new AbortController()
  readonly #ending = new AbortController()
  #hasEnded = false
  readonly gone: Promise<void>

  constructor(ports: RunningTakePorts, request: RecorderRequest, options: Pick<TakeWriterOptions, 'after'>) {
    const { recordingId, take } = request
    const logger = ports.logger.child({ recordingId, take, traceId: request.traceId })
    this.#ports = { ...ports, logger }
    this.#request = request
    this.#channel = new CommandChannel({ commands: ports.commands, request, logger, onStop: () => this.#stop() })
    this.#writer = new TakeWriter(ports.takes, {
      ...options,
      recordingId,
      take,
      logger,
      isClosed: request.handover !== null,
      progressMs: ports.times.progressMs,
    })
    this.gone = this.#supervise().catch((thrown: unknown) => {
      const error = toAppError(thrown)
      logger.error({ err: error }, 'the recorder could not be supervised')
      this.#interrupt(error)
    })
  }

  get end(): Promise<TakeEnd> {
    return this.#end.promise
  }

  get written(): Promise<void> {
    return this.#written.promise
  }

  get progress(): TakeWriter['progress'] {
    return this.#writer.progress
  }

  get ending(): AbortSignal {
    return this.#ending.signal
  }

  terminate(): void {
    this.#control.terminate()
  }

  leave(): void {
    this.#interrupt(stopping())
  }

  abandon(): void {
    this.#control.abandon()
  }

  send(command: HandoverCommandBody | RecorderCommandBody): void {
    this.#channel.send({ ...command, commandId: `take-${this.#request.take}-${command.type}` } as RecorderCommand)
    if (command.type === 'handover.end') this.#control.handOver()
  }

  onEvent(listener: (event: RecorderEvent) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  pauseCommands(): number {
    return this.#channel.pause()
  }

  resumeCommands(afterSeq: number): void {
    this.#channel.resume(afterSeq)
  }

  takeOver(afterSeq: number): void {
    this.#writer.open()
    this.#channel.resume(afterSeq)
  }

  forwardCommands(standby: Pick<RunningTake, 'send'>): Disposable {
    return this.#channel.onCommand((command) => {
      if (command.type !== 'stop') standby.send(command)
    })
  }

  #stop(): void {
    this.#ending.abort()
    this.#control.stop()
  }

  #interrupt(error: AppError): void {
    if (error.code === 'take.superseded') this.#endTake({ kind: 'superseded', error })
    else this.#endTake({ kind: 'interrupted', at: new Date().toISOString(), error })
  }

  /** The first end counts. */
  #endTake(end: TakeEnd): void {
    if (this.#over.signal.aborted) return
    this.#over.abort()
    this.#ending.abort()
    const { logger, metrics } = this.#ports
    if (end.error !== null) logger.warn({ err: end.error }, end.error.message)
    metrics.observeTakeEnd(end.error?.code ?? 'completed')
    this.#channel[Symbol.dispose]()
    this.#written.resolve(this.#writer.flush())
    this.#end.resolve(end)
  }

  async #supervise(): Promise<void> {
    const highlights = reportHighlights(this.#ports, this.#request)
    await this.#runProcess(highlights)
    await highlights.flush()
    await this.#writer.flush()
  }

  /** Resolves when the process and what it left on this machine are gone, whatever of its reports still waits for the database. */
  async #runProcess(highlights: HighlightReports): Promise<void> {
    const { logger, metrics, clearTake } = this.#ports
    const { recordingId, take } = this.#request
    const handle = this.#createHandler(highlights)
    await using recorder = await this.#beginRecorder((event) => {
      this.#updateState(event)
      deadlines.onEvent(event)
      for (const listener of this.#listeners) listener(event)
      handle(event)
    })
    using deadlines = this.#watchDeadlines(recorder)
    logger.info({ pid: recorder.pid }, 'the recorder runs')
    this.#channel.attach(recorder)
    this.#control.attach(deadlines)
    const exit = await recorder.exited
    logger.info({ code: exit.code, signal: exit.signal }, 'the recorder is gone')
    this.#interrupt(crashed(exit))
    metrics.forgetTake(this.#takeKey)
    if (!this.#hasEnded) await clearTake(recordingId, take)
  }

  get #takeKey(): string {
    return `${this.#request.recordingId}/${this.#request.take}`
  }

  #beginRecorder(onEvent: (event: RecorderEvent) => void): Promise<RecorderProcess> {
    const { recorders, logger } = this.#ports
    return recorders.begin({ request: this.#request, onEvent, logger })
  }

  #watchDeadlines(recorder: RecorderProcess): TakeDeadlines {
    const { times, logger } = this.#ports
    return new TakeDeadlines({
      recorder,
      times,
      isStandby: this.#request.handover !== null,
      interrupt: (error) => this.#interrupt(error),
      logger,
    })
  }

  #createHandler(highlights: HighlightReports): (event: RecorderEvent) => void {
    return createEventHandler({
      ...this.#ports,
      writer: this.#writer,
      takeKey: this.#takeKey,
      highlights,
      endTake: (end) => this.#endTake(end),
      interrupt: (error) => this.#interrupt(error),
    })
  }

  #updateState(event: RecorderEvent): void {
    if (event.type === 'started') this.#ports.onStarted()
    if (event.type === 'ended') this.#hasEnded = true
    if (event.type === 'failing') this.#interrupt(appErrorFrom(event.error))
    if (event.type === 'finalizing' || event.type === 'failing') this.#ending.abort()
  }
}
