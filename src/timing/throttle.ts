/** Gathers requests: the first one begins a wait of `ms`, at whose end `act` runs once for all that came meanwhile. */
export class Throttle implements Disposable {
  readonly #ms: number
  readonly #act: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(ms: number, act: () => void) {
    this.#ms = ms
    this.#act = act
  }

  request(): void {
    this.#timer ??= setTimeout(() => this.flush(), this.#ms)
  }

  /** Acts now, if something was requested. */
  flush(): void {
    if (this.#timer === undefined) return
    this[Symbol.dispose]()
    this.#act()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
