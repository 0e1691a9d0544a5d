import { isKnownSignal, type KnownSignal, type Signal } from '../protocol/signals.ts'
import { applyBoardSignal } from './board-signals.ts'
import { insertChat } from './chat.ts'
import { DEFAULT_CAPTION_MS, emptyRoom, type Participant, type Room } from './room.ts'
import { claim, copyRoom, type RoomDraft } from './room-draft.ts'

/**
 * The room after these signals too. The same set of signals gives the same room in any order, in any batches and with
 * any repeats: every field keeps the value of its newest write, so nothing is ever replayed. `room` is not changed.
 */
export function reduceRoom(room: Room, signals: Iterable<Signal>): Room {
  const draft = copyRoom(room)
  for (const signal of signals) applySignal(draft, signal)
  return draft
}

/**
 * `reduceRoom` without the copy, for a class of a day. `room` is one live object; what changed in it is a new object
 * (a participant, the chat, a board page), so identity tells a view what to redraw.
 */
export class RoomReducer {
  readonly #draft: RoomDraft = copyRoom(emptyRoom())

  get room(): Room {
    return this.#draft
  }

  apply(signals: Iterable<Signal>): void {
    for (const signal of signals) applySignal(this.#draft, signal)
  }
}

function applySignal(room: RoomDraft, signal: Signal): void {
  if (!isKnownSignal(signal)) return
  switch (signal.type) {
    case 'active.speaker':
      if (claim(room, 'activeSpeaker', signal, signal.participant)) room.activeSpeaker = signal.participant
      return
    case 'layout.set':
      if (claim(room, 'layout', signal, signal.layout)) room.layout = signal.layout
      return
    case 'chat.message':
      room.chat = insertChat(room.chat, signal)
      return
    case 'caption':
      applyCaption(room, signal)
      return
    case 'board.op':
    case 'board.snapshot':
    case 'board.page':
      applyBoardSignal(room, signal)
      return
    case 'highlight':
    case 'custom':
      return
    default:
      applyParticipantSignal(room, signal)
  }
}

function applyCaption(room: RoomDraft, signal: Extract<KnownSignal, { type: 'caption' }>): void {
  const participant = signal.participant ?? signal.from ?? null
  const durationMs = signal.durationMs ?? DEFAULT_CAPTION_MS
  const caption = { participant, text: signal.text, at: signal.at, durationMs }
  if (claim(room, `caption/${participant ?? ''}`, signal, caption)) room.captions.set(participant ?? '', caption)
}

type ParticipantSignal = Extract<KnownSignal, { type: `participant.${string}` | `media.${string}` | `hand.${string}` }>

function applyParticipantSignal(room: RoomDraft, signal: ParticipantSignal): void {
  const id = signal.participant ?? signal.from
  if (id === undefined) return
  let participant = room.participants.get(id) ?? newParticipant(id)
  for (const [field, value] of Object.entries(writesOf(signal))) {
    if (value === undefined) continue
    if (claim(room, `participant/${id}/${field}`, signal, value)) participant = { ...participant, [field]: value }
  }
  room.participants.set(id, participant)
}

/** The fields that a signal writes. Leaving resets hand and mutes: a second visit begins afresh. */
function writesOf(signal: ParticipantSignal): { readonly [F in keyof Participant]?: Participant[F] | undefined } {
  switch (signal.type) {
    case 'participant.joined':
      return { ...profileOf(signal), present: true, joinedAt: signal.at }
    case 'participant.updated':
      return profileOf(signal)
    case 'participant.left':
      return { present: false, mutedAudio: false, mutedVideo: false, handRaisedAt: null }
    case 'media.muted':
      return signal.kind === 'audio' ? { mutedAudio: true } : { mutedVideo: true }
    case 'media.unmuted':
      return signal.kind === 'audio' ? { mutedAudio: false } : { mutedVideo: false }
    case 'hand.raised':
      return { handRaisedAt: signal.at }
    case 'hand.lowered':
      return { handRaisedAt: null }
  }
}

function profileOf(signal: Extract<ParticipantSignal, { type: 'participant.joined' | 'participant.updated' }>) {
  return { name: signal.name, role: signal.role, source: signal.source }
}

function newParticipant(id: string): Participant {
  return {
    id,
    name: null,
    role: null,
    source: null,
    present: true,
    joinedAt: null,
    mutedAudio: false,
    mutedVideo: false,
    handRaisedAt: null,
  }
}
