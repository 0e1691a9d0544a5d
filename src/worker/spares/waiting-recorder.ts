import {
  type Child,
  type ChildExit,
  createLoadMeter,
  isStopped,
  makeWorkFolder,
  spawnChild,
  type WorkFolder,
} from '../../machine/index.ts'
import {
  AppError,
  type PreparationReport,
  type RecorderCommand,
  type RecorderEvent,
  type RecorderPreparation,
  type RecorderRequest,
} from '../../protocol/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { logChildLine } from '../child-log.ts'

export interface RecorderScript {
  /** An absolute path of a script for this Node. */
  readonly script: string
  readonly environment: Readonly<Record<string, string>>
}

/** A recorder that does its take. Disposing it kills the process, and removes what it left in its folder. */
export interface RecorderProcess extends Omit<Child, 'send'> {
  send(command: RecorderCommand): void
}

/** The take that a waiting recorder is given to. */
export interface TakeOfRecorder {
  readonly request: RecorderRequest
  readonly onEvent: (event: RecorderEvent) => void
  readonly logger: Logger
}

type Message = RecorderEvent | PreparationReport

/** Where what the process says goes now. */
interface ProcessOutput {
  onMessage(message: Message): void
  logger: Logger
}

/** A recorder process without its request, in a work folder of its own. It serves one take. Disposing it leaves nothing of it. */
export class WaitingRecorder implements AsyncDisposable {
  readonly #child: Child
  readonly #folder: WorkFolder
  readonly #output: ProcessOutput
  readonly #measure: ReturnType<typeof createLoadMeter>
  readonly #lost = Promise.withResolvers<string>()
  readonly #prepared = Promise.withResolvers<void>()
  readonly bornMs = performance.now()
  #take: TakeOfRecorder | undefined
  #hasPage = false
  #isPageReady = false
  #isPrepared = false
  #isLost = false
  #bytes = 0

  private constructor(child: Child, folder: WorkFolder, output: ProcessOutput) {
    this.#child = child
    this.#folder = folder
    this.#output = output
    output.onMessage = (message) => this.#onMessage(message)
    this.#measure = createLoadMeter(child.pid)
    void child.exited.then(({ code, signal }) => this.#lose(`it ended with ${signal ?? `exit code ${code}`}`))
  }

  /** Starts the process; it loads everything that a take needs. Throws `recorder.crashed` when it cannot be started. */
  static async spawn({ script, environment }: RecorderScript, logger: Logger): Promise<WaitingRecorder> {
    await using undo = new AsyncDisposableStack()
    const folder = undo.use(await makeWorkFolder('take'))
    const output: ProcessOutput = { onMessage: () => {}, logger }
    const child = await spawnChild({
      script,
      environment: { ...environment, TMPDIR: folder.path },
      onMessage: (message) => output.onMessage(message as Message),
      onLine: (line, stream) => logChildLine(output.logger, line, stream),
    }).catch((cause: unknown) => {
      throw new AppError('recorder.crashed', 'The recorder process could not be started.', { cause })
    })
    undo.move()
    return new WaitingRecorder(child, folder, output)
  }

  get pid(): number {
    return this.#child.pid
  }

  /** Resolves with the reason when the process is gone, or Chrome or its page. */
  get lost(): Promise<string> {
    return this.#lost.promise
  }

  get isLost(): boolean {
    return this.#isLost
  }

  /** Chrome and the page were asked for. */
  get hasPage(): boolean {
    return this.#hasPage
  }

  /** Resolves when everything is loaded, and the page too if it was asked for in time. */
  get prepared(): Promise<void> {
    return this.#prepared.promise
  }

  get isPrepared(): boolean {
    return this.#isPrepared
  }

  /** The page is loaded, too. */
  get isPageReady(): boolean {
    return this.#isPageReady
  }

  /** True for a process that somebody stopped: it does nothing, and does not tell. */
  get isStopped(): boolean {
    return isStopped(this.pid)
  }

  /** Memory of the process and its Chrome, when it was measured last. */
  get bytes(): number {
    return this.#bytes
  }

  async measure(): Promise<void> {
    this.#bytes = (await this.#measure(performance.now())).memoryBytes
  }

  /** Has it launch Chrome and open the page. */
  prepare(preparation: RecorderPreparation): void {
    this.#hasPage = true
    this.#child.send(preparation)
  }

  /** Hands it its one request; from now on it is the take's. */
  begin(take: TakeOfRecorder): RecorderProcess {
    this.#take = take
    this.#output.logger = take.logger
    this.#child.send(take.request)
    return { ...this.#child, [Symbol.asyncDispose]: () => this[Symbol.asyncDispose]() }
  }

  #onMessage(message: Message): void {
    if (message.type === 'prepared') this.#onPrepared()
    else if (message.type === 'unprepared') this.#lose(message.error.message)
    else this.#take?.onEvent(message)
  }

  #onPrepared(): void {
    this.#isPrepared = true
    this.#isPageReady = this.#hasPage
    this.#prepared.resolve()
  }

  #lose(reason: string): void {
    this.#isLost = true
    this.#lost.resolve(reason)
  }

  /** Whoever ends in order has closed its Chrome; of anybody else something may still run, and write. */
  async [Symbol.asyncDispose](): Promise<void> {
    await using _folder = this.#folder
    this.#child.kill()
    const exit = await this.#child.exited
    if (!isInOrder(exit)) await this.#folder.killProcesses()
  }
}

function isInOrder({ code }: ChildExit): boolean {
  return code === 0
}
