/**
 * What a worker does with a recorder's process. `stop`: the recording is to stop, so the process has to end in time. `handOver`:
 * the take has its switch time; the process has to end in time too, and may be silent while it stores the rest.
 */
type ControlSignal = 'stop' | 'handOver' | 'terminate' | 'abandon'
export type ControlSignals = Readonly<Record<ControlSignal, () => void>>

/** Controls a recorder whose process may not run yet: signals that come too early reach it as soon as it does. */
export class ProcessControl implements ControlSignals {
  readonly #early = new Set<ControlSignal>()
  #process: ControlSignals | undefined

  readonly stop = (): void => this.#send('stop')
  readonly handOver = (): void => this.#send('handOver')
  readonly terminate = (): void => this.#send('terminate')
  readonly abandon = (): void => this.#send('abandon')

  attach(process: ControlSignals): void {
    this.#process = process
    for (const signal of this.#early) process[signal]()
  }

  #send(signal: ControlSignal): void {
    if (this.#process === undefined) this.#early.add(signal)
    else this.#process[signal]()
  }
}
