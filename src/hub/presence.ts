import type { Signal } from '../protocol/index.ts'
import type { Admission } from './hub.ts'
import type { RoomPresence } from './room-presence.ts'

/** A connection, as far as presence is concerned. */
export interface Member {
  readonly admission: Admission
}

export interface Presence {
  /** Takes note of who joined or left by a stored signal; `member` is undefined when it came by the API. */
  observe(signal: Signal, member: Member | undefined): void
  /** A connection of an identity that was here before takes its participants back. */
  arrive(member: Member): void
  depart(member: Member): void
  /** Takes over what the identities connected here had brought in over a process that died. */
  adopt(): void
  /** True while something is being written. */
  busy(): boolean
  /** Resolves when everything so far is written. */
  settled(): Promise<void>
}

export interface PresenceOptions {
  readonly room: string
  readonly shared: RoomPresence
  readonly graceMs: number
  readonly leaseMs: number
  onError(error: unknown): void
  onIdle(): void
}

/** Who joined a room over which connection of this process; what other processes have to know of it is in `shared`. */
export function watchPresence({ room, shared, graceMs, leaseMs, onError, onIdle }: PresenceOptions): Presence {
  const held = new Map<string, Set<Member>>()
  const members = new Set<Member>()
  let turn: Promise<void> = Promise.resolve()
  let writes = 0

  const write = (work: () => Promise<void>): void => {
    writes += 1
    turn = turn
      .then(work)
      .catch(onError)
      .finally(() => {
        writes -= 1
        if (writes === 0) onIdle()
      })
  }
  const holdBy = (participant: string, member: Member): void => {
    held.set(participant, (held.get(participant) ?? new Set()).add(member))
  }
  const releaseIfAlone = async (participant: string): Promise<void> => {
    if (held.get(participant)?.size !== 0) return
    held.delete(participant)
    await shared.release(room, participant, graceMs)
  }
  const claim = (member: Member, what: 'released' | 'orphaned'): void => {
    write(async () => {
      for (const participant of await shared.claim(room, member.admission.identity, what, leaseMs)) {
        holdBy(participant, member)
        // It may have gone while the claim was written.
        if (!members.has(member)) held.get(participant)?.delete(member)
        await releaseIfAlone(participant)
      }
    })
  }

  return {
    observe(signal, member) {
      const name = subjectOf(signal)
      const seq = signal.seq ?? 0
      if (name === undefined) return
      if (signal.type === 'participant.joined' && member) {
        holdBy(name, member)
        const owner = member.admission.identity
        write(() => shared.hold(room, name, { owner, joinedSeq: seq, leaseMs }))
      } else if (signal.type === 'participant.joined' || signal.type === 'participant.left') {
        held.delete(name)
        write(() => shared.forget(room, name, seq))
      }
    },
    arrive(member) {
      if (!canHold(member)) return
      members.add(member)
      claim(member, 'released')
    },
    depart(member) {
      members.delete(member)
      for (const [participant, holders] of held) {
        if (holders.delete(member)) write(() => releaseIfAlone(participant))
      }
    },
    adopt() {
      for (const member of members) claim(member, 'orphaned')
    },
    busy: () => writes > 0,
    settled: () => turn,
  }
}

const canHold = ({ admission: { role } }: Member): boolean => role === 'host' || role === 'participant'

function subjectOf(signal: Signal): string | undefined {
  const named = 'participant' in signal ? signal.participant : undefined
  return typeof named === 'string' ? named : signal.from
}
