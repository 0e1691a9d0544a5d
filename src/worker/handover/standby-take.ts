import type { RunningTake } from '../take/supervise-take.ts'

type Command = Parameters<RunningTake['send']>[0]

/** The take that is to take over. What is sent to it before its process is started waits for it. */
export class StandbyTake implements Pick<RunningTake, 'send'> {
  readonly #early: Command[] = []
  #take: RunningTake | undefined
  #isPaused = false

  /** A take that has not begun cannot be paused: the running one is, and goes on when it is resumed. */
  get isPaused(): boolean {
    return this.#isPaused
  }

  send(command: Command): void {
    if (command.type === 'pause') this.#isPaused = true
    else if (this.#take === undefined) this.#early.push(command)
    else this.#take.send(command)
  }

  attach(take: RunningTake): void {
    this.#take = take
    for (const command of this.#early.splice(0)) take.send(command)
  }

  terminate(): void {
    this.#take?.terminate()
  }
}
