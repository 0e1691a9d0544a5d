import type { RecorderCommand } from '../../protocol/index.ts'
import type { CommandLog } from '../../recording/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { RETRY_POLICIES, retry, WakeUp } from '../../timing/index.ts'
import type { RecorderProcess } from '../spares/waiting-recorder.ts'

const SIGNALS_AT_ONCE = 500

interface CommandDeliveryOptions {
  readonly commands: CommandLog
  readonly recordingId: string
  /** The recorder also gets all signals that earlier takes were sent. */
  readonly isLaterTake: boolean
  /** Commands up to this one are left out. */
  readonly afterSeq?: number
  /** Nothing but earlier signals is delivered before it resolves, with `afterSeq`. */
  readonly standby?: Promise<number> | undefined
  readonly recorder: Pick<RecorderProcess, 'send'>
  readonly logger: Logger
  /** Is called with each command that was delivered. */
  readonly onCommand: (command: RecorderCommand) => void
}

/**
 * Delivers every command of a recording to its recorder, once and in order: first those that no take before has answered, then
 * those that come. Disposing it stops it.
 */
export class CommandDelivery implements Disposable {
  readonly #options: CommandDeliveryOptions
  readonly #wakeUp = new WakeUp()
  readonly #stop = new AbortController()
  readonly #watch: Disposable
  #lastSeq: number

  constructor(options: CommandDeliveryOptions) {
    this.#options = options
    this.#lastSeq = options.afterSeq ?? 0
    this.#watch = options.commands.watch(options.recordingId, () => this.#wakeUp.ring())
    void this.#run()
  }

  /** The newest command that was delivered; 0 before the first. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  async #run(): Promise<void> {
    const { isLaterTake, standby } = this.#options
    const { signal } = this.#stop
    if (isLaterTake) await this.#untilDone(() => this.#replaySignals())
    if (standby !== undefined) this.#lastSeq = Math.max(this.#lastSeq, await standby)
    while (!signal.aborted) {
      await this.#untilDone(() => this.#deliver())
      await this.#wakeUp.wait({ signal })
    }
  }

  /** Repeats it while the commands cannot be read; gives up once this is disposed. */
  async #untilDone(work: () => Promise<void>): Promise<void> {
    const { logger } = this.#options
    const { signal } = this.#stop
    await retry(work, {
      policy: RETRY_POLICIES.commands,
      signal,
      isWorthIt: () => true,
      onFailure: (err) => logger.warn({ err }, 'the commands of the recording cannot be read now'),
    }).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }

  async #replaySignals(): Promise<void> {
    const { commands, recordingId, recorder } = this.#options
    const signals = await commands.signals(recordingId)
    for (let from = 0; from < signals.length; from += SIGNALS_AT_ONCE) {
      const some = signals.slice(from, from + SIGNALS_AT_ONCE)
      recorder.send({ type: 'signals', signals: some, commandId: `replay-${from}` })
    }
  }

  async #deliver(): Promise<void> {
    const { commands, recordingId, recorder, onCommand } = this.#options
    for (const { id, seq, command: body } of await commands.pending(recordingId, this.#lastSeq)) {
      if (this.#stop.signal.aborted) return
      const command = { ...body, commandId: id }
      recorder.send(command)
      this.#lastSeq = seq
      onCommand(command)
    }
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
    this.#watch[Symbol.dispose]()
  }
}
