/**
 * The rest of a rule after each of its highlights. What happened before the last highlight, or in its rest, is passed over
 * for good: signals may come late or again, and must not bring a moment back.
 */
export class Rest {
  readonly #cooldownMs: number
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(cooldownSec: number) {
    this.#cooldownMs = cooldownSec * 1000
  }

  allows(atMs: number): boolean {
    return atMs > this.#lastMs && atMs - this.#lastMs >= this.#cooldownMs
  }

  begin(atMs: number): void {
    this.#lastMs = atMs
  }
}
