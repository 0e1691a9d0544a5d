import type { RecorderCommand, RecorderRequest } from '../../protocol/index.ts'
import type { CommandLog } from '../../recording/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { RecorderProcess } from '../spares/waiting-recorder.ts'
import { CommandDelivery } from './deliver-commands.ts'

interface CommandChannelOptions {
  readonly commands: CommandLog
  readonly request: RecorderRequest
  readonly logger: Logger
  readonly onStop: () => void
}

type Recorder = Pick<RecorderProcess, 'send'>

/**
 * All commands to one recorder: those of its recording, and those of a hand-over. A standby take gets the room's history at
 * once, and commands of its recording only after `resume`. Disposing it delivers no more.
 */
export class CommandChannel implements Disposable {
  readonly #options: CommandChannelOptions
  readonly #listeners = new Set<(command: RecorderCommand) => void>()
  readonly #early: RecorderCommand[] = []
  #recorder: Recorder | undefined
  #delivery: CommandDelivery | undefined
  #standby: PromiseWithResolvers<number> | undefined
  #isClosed = false

  constructor(options: CommandChannelOptions) {
    this.#options = options
    if (options.request.handover !== null) this.#standby = Promise.withResolvers<number>()
  }

  /** Begins to deliver, first what was to be sent before. A recorder that is left already still gets the room's history. */
  attach(recorder: Recorder): void {
    this.#recorder = recorder
    for (const command of this.#early.splice(0)) recorder.send(command)
    this.#deliver(recorder, { isLaterTake: this.#options.request.take > 1 })
    if (this.#isClosed) this.#delivery?.[Symbol.dispose]()
  }

  send(command: RecorderCommand): void {
    if (this.#recorder === undefined) this.#early.push(command)
    else this.#recorder.send(command)
  }

  /** Delivers no more commands of the recording until `resume`; returns the number of the last one. */
  pause(): number {
    this.#delivery?.[Symbol.dispose]()
    return this.#delivery?.lastSeq ?? 0
  }

  /** Delivers the commands of the recording after this one. */
  resume(afterSeq: number): void {
    if (this.#standby !== undefined) this.#standby.resolve(afterSeq)
    else if (this.#recorder !== undefined && !this.#isClosed)
      this.#deliver(this.#recorder, { isLaterTake: false, afterSeq })
    this.#standby = undefined
  }

  /** Calls back with each command of the recording that was delivered. */
  onCommand(listener: (command: RecorderCommand) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  #deliver(recorder: Recorder, from: { readonly isLaterTake: boolean; readonly afterSeq?: number }): void {
    const { request, onStop, ...ports } = this.#options
    this.#delivery = new CommandDelivery({
      ...ports,
      ...from,
      recordingId: request.recordingId,
      standby: this.#standby?.promise,
      recorder,
      onCommand: (command) => {
        for (const listener of this.#listeners) listener(command)
        if (command.type === 'stop') onStop()
      },
    })
  }

  [Symbol.dispose](): void {
    this.#isClosed = true
    this.#delivery?.[Symbol.dispose]()
  }
}
