import type { Logger } from 'pino'
import { toAppError } from '../protocol/index.ts'
import { type Repeater, repeat } from '../timing/index.ts'
import type { HubLimits } from './hub.ts'
import type { GoneParticipant, RoomPresence } from './room-presence.ts'

interface LeaseOptions {
  readonly presence: RoomPresence
  readonly limits: Pick<HubLimits, 'leaveGraceMs' | 'leaseMs'>
  readonly logger: Logger
  /** Takes over what a dead process held for identities that are connected here. */
  claimOrphans(): void
  /** Sends the room that the participant left. */
  leave(gone: GoneParticipant): Promise<void>
}

const MAX_SWEEP_MS = 2000
const MIN_SWEEP_MS = 25

/**
 * Renews what this process holds and reports whom nobody holds any more. After a start, and after a time in which the
 * leases could not be renewed, nobody is reported for one lease: those who are still there show themselves first.
 */
export class LeaseKeeper implements AsyncDisposable {
  readonly #options: LeaseOptions
  readonly #renewing: Repeater
  readonly #sweeping: Repeater
  #trustedFromMs: number

  constructor(options: LeaseOptions) {
    const { leaseMs, leaveGraceMs } = options.limits
    const sweepMs = Math.min(MAX_SWEEP_MS, Math.max(MIN_SWEEP_MS, leaveGraceMs / 4))
    this.#options = options
    this.#trustedFromMs = performance.now() + leaseMs
    this.#renewing = repeat({ everyMs: leaseMs / 3, work: () => this.#renew(), unref: true })
    this.#sweeping = repeat({ everyMs: sweepMs, work: () => this.#sweep(), unref: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#renewing[Symbol.asyncDispose]()
    await this.#sweeping[Symbol.asyncDispose]()
  }

  async #renew(): Promise<void> {
    const { presence, limits, logger } = this.#options
    try {
      await presence.renew(limits.leaseMs)
      this.#options.claimOrphans()
    } catch (thrown) {
      this.#trustedFromMs = performance.now() + limits.leaseMs
      logger.warn({ err: toAppError(thrown) }, 'the leases of the rooms could not be renewed')
    }
  }

  async #sweep(): Promise<void> {
    if (performance.now() < this.#trustedFromMs) return
    const { presence, logger } = this.#options
    try {
      for (const gone of await presence.gone()) await this.#options.leave(gone)
    } catch (thrown) {
      logger.warn({ err: toAppError(thrown) }, 'those who left could not be reported now')
    }
  }
}
