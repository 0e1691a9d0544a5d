import type { Signal } from '../protocol/index.ts'
import { InTurn } from '../timing/index.ts'
import type { Admission } from './hub.ts'
import type { Claimable, RoomPresence } from './room-presence.ts'

/** A connection, as far as presence is concerned. */
interface Member {
  readonly admission: Admission
}

interface PresenceOptions {
  readonly room: string
  readonly shared: RoomPresence
  readonly graceMs: number
  readonly leaseMs: number
  onError(error: unknown): void
  /** Is called when nothing is being written any more. */
  onIdle(): void
}

/** Who joined a room over which connection of this process; what other processes have to know of it is in `shared`. */
export class Presence {
  readonly #options: PresenceOptions
  readonly #writes = new InTurn()
  /** The connections that hold a participant, by its name. */
  readonly #holders = new Map<string, Set<Member>>()
  /** The connections that may hold somebody, and when each came, of `performance.now()`. */
  readonly #members = new Map<Member, number>()

  constructor(options: PresenceOptions) {
    this.#options = options
  }

  /** Follows a stored signal: who joined or left by it. `member` is undefined when it came by the API. */
  onSignal(signal: Signal, member: Member | undefined): void {
    const { room, shared, leaseMs } = this.#options
    const name = subjectOf(signal)
    const seq = signal.seq ?? 0
    if (name === undefined) return
    if (signal.type === 'participant.joined' && member) {
      this.#hold(name, member)
      const owner = member.admission.identity
      this.#write(() => shared.hold(room, name, { owner, joinedSeq: seq, leaseMs }))
    } else if (signal.type === 'participant.joined' || signal.type === 'participant.left') {
      this.#holders.delete(name)
      this.#write(() => shared.forget(room, name, seq))
    }
  }

  /** A connection of an identity that was here before takes its participants back. */
  connect(member: Member): void {
    if (!canHold(member)) return
    this.#members.set(member, performance.now())
    this.#claim(member, 'released')
  }

  disconnect(member: Member): void {
    this.#members.delete(member)
    for (const [participant, holders] of this.#holders) {
      if (holders.delete(member)) this.#write(() => this.#releaseIfAlone(participant))
    }
  }

  /**
   * Takes over what the identities connected here had brought in over a process that died, and, for those that came just now, what their
   * former process released only after they came.
   */
  claimOrphans(): void {
    const justNowMs = performance.now() - this.#options.graceMs
    for (const [member, cameMs] of this.#members) {
      this.#claim(member, 'orphaned')
      if (cameMs >= justNowMs) this.#claim(member, 'released')
    }
  }

  /** True while something is being written. */
  get isBusy(): boolean {
    return this.#writes.isBusy
  }

  /** Resolves when everything so far is written. */
  written(): Promise<void> {
    return this.#writes.ended()
  }

  #write(work: () => Promise<void>): void {
    void this.#writes
      .run(work)
      .catch(this.#options.onError)
      .finally(() => {
        if (!this.#writes.isBusy) this.#options.onIdle()
      })
  }

  #claim(member: Member, what: Claimable): void {
    const { room, shared, leaseMs } = this.#options
    this.#write(async () => {
      for (const participant of await shared.claim(room, member.admission.identity, what, leaseMs)) {
        this.#hold(participant, member)
        // It may have gone while the claim was written.
        if (!this.#members.has(member)) this.#holders.get(participant)?.delete(member)
        await this.#releaseIfAlone(participant)
      }
    })
  }

  #hold(participant: string, member: Member): void {
    this.#holders.set(participant, (this.#holders.get(participant) ?? new Set()).add(member))
  }

  async #releaseIfAlone(participant: string): Promise<void> {
    const { room, shared, graceMs } = this.#options
    if (this.#holders.get(participant)?.size !== 0) return
    this.#holders.delete(participant)
    await shared.release(room, participant, graceMs)
  }
}

const canHold = ({ admission: { role } }: Member): boolean => role === 'host' || role === 'participant'

function subjectOf(signal: Signal): string | undefined {
  const named = 'participant' in signal ? signal.participant : undefined
  return typeof named === 'string' ? named : signal.from
}
