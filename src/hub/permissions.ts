import { AppError, type Signal } from '../protocol/index.ts'
import type { Admission } from './hub.ts'

/** What a participant may say, and only about itself. Everything else of the room is the host's. */
const PARTICIPANT_TYPES: ReadonlySet<string> = new Set([
  'participant.joined',
  'participant.updated',
  'participant.left',
  'media.muted',
  'media.unmuted',
  'chat.message',
  'hand.raised',
  'hand.lowered',
  'board.op',
  'highlight',
  'custom',
])
const HOST_TYPES: ReadonlySet<string> = new Set([
  'active.speaker',
  'caption',
  'layout.set',
  'board.snapshot',
  'board.page',
])

type Sender = Pick<Admission, 'identity' | 'role'>

/**
 * The signal as this sender may send it, with its `from` filled in. A host speaks for anyone; a participant for itself,
 * neither as presenter nor as the owner of another source; viewers and recorders only listen. Unknown types count as
 * `custom`. Errors: `signal.not-allowed`.
 */
export function authorise(signal: Signal, sender: Sender): Signal {
  const { identity, role } = sender
  if (role === 'host') return { ...signal, from: signal.from ?? identity }
  if (role !== 'participant') {
    throw refusal(
      `The role \`${role}\` only listens; join as participant or host to send`,
      'type',
      signal.type,
      'nothing',
    )
  }
  if (HOST_TYPES.has(signal.type)) {
    const allowed = [...PARTICIPANT_TYPES].join(', ')
    throw refusal(`A participant may not send \`${signal.type}\`; only a host may`, 'type', signal.type, allowed)
  }
  const own = { ...signal, from: signal.from ?? identity } as Signal & Record<string, unknown>
  requireOwn('from', own.from, identity)
  if (PARTICIPANT_TYPES.has(own.type) && own.type !== 'custom') requireOwn('participant', own.participant, identity)
  if (own.type.startsWith('participant.')) requireOwnProfile(own, identity)
  return own
}

/** The source of somebody else would carry over to it the name, the mutes and the absence of whoever claims it. */
function requireOwnProfile({ role, source }: Readonly<Record<string, unknown>>, identity: string): void {
  if (role === 'presenter') {
    throw refusal('A participant may not make itself presenter; a host may', 'role', role, 'participant, viewer')
  }
  if (source === undefined || source === identity) return
  const text = `A participant may claim no source but its own identity, \`${identity}\`; a host may say which it has`
  throw refusal(text, 'source', source, identity)
}

function requireOwn(field: string, received: unknown, identity: string): void {
  if (received === undefined || received === identity) return
  throw refusal(`\`/${field}\` must be the connection's own identity, \`${identity}\``, field, received, identity)
}

function refusal(message: string, field: string, received: unknown, allowed: string): AppError {
  return new AppError('signal.not-allowed', message, { field: `/${field}`, received, allowed })
}
