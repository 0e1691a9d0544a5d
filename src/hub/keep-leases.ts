import type { Logger } from 'pino'
import { toAppError } from '../protocol/index.ts'
import type { HubLimits } from './hub.ts'
import type { GoneParticipant, RoomPresence } from './room-presence.ts'

export interface LeaseOptions {
  readonly presence: RoomPresence
  readonly limits: Pick<HubLimits, 'leaveGraceMs' | 'leaseMs'>
  readonly logger: Logger
  /** Takes over what a dead process held for identities that are connected here. */
  adopt(): void
  /** Tells the room that the participant left. */
  leave(gone: GoneParticipant): Promise<void>
}

const MAX_SWEEP_MS = 2000
const MIN_SWEEP_MS = 25

/**
 * Renews what this process holds and reports whom nobody holds any more. After a start, and after a time in which the
 * leases could not be renewed, nobody is reported for one lease: those who are still there show themselves first.
 */
export function keepLeases({ presence, limits, logger, adopt, leave }: LeaseOptions): AsyncDisposable {
  const { leaseMs, leaveGraceMs } = limits
  let trustedFromMs = performance.now() + leaseMs
  const renew = async (): Promise<void> => {
    try {
      await presence.renew(leaseMs)
      adopt()
    } catch (thrown) {
      trustedFromMs = performance.now() + leaseMs
      logger.warn({ err: toAppError(thrown) }, 'the leases of the rooms could not be renewed')
    }
  }
  const sweep = async (): Promise<void> => {
    if (performance.now() < trustedFromMs) return
    try {
      for (const gone of await presence.gone()) await leave(gone)
    } catch (thrown) {
      logger.warn({ err: toAppError(thrown) }, 'those who left could not be reported now')
    }
  }
  const renewing = every(leaseMs / 3, renew)
  const sweeping = every(Math.min(MAX_SWEEP_MS, Math.max(MIN_SWEEP_MS, leaveGraceMs / 4)), sweep)
  return {
    async [Symbol.asyncDispose]() {
      await renewing[Symbol.asyncDispose]()
      await sweeping[Symbol.asyncDispose]()
    },
  }
}

/** Runs the task again and again, never twice at once. Disposing waits for the one that runs. */
function every(ms: number, task: () => Promise<void>): AsyncDisposable {
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= task().finally(() => {
      running = undefined
    })
  }, ms).unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
}
