import { AppError } from '../protocol/index.ts'
import type { Admission, HubLimits } from './hub.ts'
import { RateLimit } from './rate-limit.ts'

interface AllowanceOptions {
  readonly limits: HubLimits
  /** Epoch milliseconds. */
  readonly clock: () => number
}

/** What may still be sent into one room over this process, whoever sends it and over however many connections. */
export class RoomAllowance {
  readonly #options: AllowanceOptions
  readonly #bytes: RateLimit
  /** By identity; those who have their whole allowance again are left out. */
  readonly #highlights = new Map<string, RateLimit>()

  constructor(options: AllowanceOptions) {
    const { limits, clock } = options
    this.#options = options
    this.#bytes = new RateLimit({ burst: limits.roomBytesBurst, perSec: limits.roomBytesPerSec, clock })
  }

  /** True when nobody sent anything for so long that a new allowance is the same. */
  get isFull(): boolean {
    this.#forgetFull()
    return this.#bytes.isFull && this.#highlights.size === 0
  }

  /** Takes the bytes of one frame. A host counts and is not refused: others must not silence it. Errors: `signal.rate`. */
  takeBytes(bytes: number, { role }: Pick<Admission, 'role'>): void {
    if (role === 'host') return this.#bytes.drain(bytes)
    if (this.#bytes.take(bytes)) return
    const { roomBytesBurst, roomBytesPerSec } = this.#options.limits
    throw rateError('this room gets too much; repeat it later', {
      allowed: `${roomBytesBurst} bytes of a room at once, then ${roomBytesPerSec} per second`,
    })
  }

  /** Takes one highlight: each is a clip, so a participant has few and a host has no limit. Errors: `signal.rate`. */
  takeHighlight({ identity, role }: Pick<Admission, 'identity' | 'role'>): void {
    if (role === 'host') return
    const { limits, clock } = this.#options
    const { highlightBurst, highlightEverySec } = limits
    this.#forgetFull()
    const limit =
      this.#highlights.get(identity) ?? new RateLimit({ burst: highlightBurst, perSec: 1 / highlightEverySec, clock })
    this.#highlights.set(identity, limit)
    if (limit.take()) return
    throw rateError('this participant asks for too many highlights; wait and repeat it', {
      allowed: `${highlightBurst} highlights at once, then one every ${highlightEverySec} s`,
    })
  }

  #forgetFull(): void {
    for (const [identity, limit] of this.#highlights) if (limit.isFull) this.#highlights.delete(identity)
  }
}

/** The signal was dropped, and why. */
export function rateError(why: string, { allowed }: { readonly allowed: string }): AppError {
  return new AppError('signal.rate', `The signal was dropped: ${why}`, { allowed })
}
