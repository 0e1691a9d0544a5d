import type { Signal } from '../protocol/index.ts'
import type { Admission } from './hub.ts'

/** A connection, as far as presence is concerned. */
export interface Member {
  readonly admission: Admission
}

interface Participant {
  readonly members: Set<Member>
  /** Whose connection brought it in: the same identity may come back for it. */
  owner: string
  timer?: NodeJS.Timeout
}

export interface Presence extends Disposable {
  /** Takes note of who joined or left by a stored signal; `member` is undefined when it came by the API. */
  observe(signal: Signal, member: Member | undefined): void
  /** A connection of an identity that was here before takes its participants back. */
  arrive(member: Member): void
  depart(member: Member): void
  /** True while somebody may still be reported as having left. */
  waiting(): boolean
}

/** Who joined a room over which connection. `onLeft` names those that did not say goodbye and did not return in time. */
export function watchPresence(options: { readonly graceMs: number; onLeft(participant: string): void }): Presence {
  const present = new Map<string, Participant>()

  const forget = (name: string): void => {
    clearTimeout(present.get(name)?.timer)
    present.delete(name)
  }

  const claim = (name: string, member: Member): void => {
    const participant = present.get(name) ?? { members: new Set(), owner: member.admission.identity }
    clearTimeout(participant.timer)
    delete participant.timer
    participant.owner = member.admission.identity
    participant.members.add(member)
    present.set(name, participant)
  }

  return {
    observe(signal, member) {
      const name = subjectOf(signal)
      if (name === undefined) return
      if (signal.type === 'participant.joined' && member) claim(name, member)
      else if (signal.type === 'participant.joined' || signal.type === 'participant.left') forget(name)
    },
    arrive(member) {
      const { role, identity } = member.admission
      if (role !== 'host' && role !== 'participant') return
      for (const [name, participant] of present) {
        if (participant.timer && participant.owner === identity) claim(name, member)
      }
    },
    depart(member) {
      for (const [name, participant] of present) {
        if (!participant.members.delete(member) || participant.members.size > 0) continue
        participant.timer = setTimeout(() => {
          present.delete(name)
          options.onLeft(name)
        }, options.graceMs).unref()
      }
    },
    waiting: () => [...present.values()].some((participant) => participant.timer !== undefined),
    [Symbol.dispose]() {
      for (const name of present.keys()) forget(name)
    },
  }
}

function subjectOf(signal: Signal): string | undefined {
  const named = 'participant' in signal ? signal.participant : undefined
  return typeof named === 'string' ? named : signal.from
}
