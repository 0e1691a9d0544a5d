import type { Layout } from '../protocol/layout.ts'
import type { RoomBoard } from './board.ts'
import type { Stamp } from './stamp.ts'

type ParticipantRole = 'presenter' | 'participant' | 'viewer'

/** Somebody a signal has named. Without any `participant.left` they count as present. */
export interface Participant {
  readonly id: string
  readonly name: string | null
  readonly role: ParticipantRole | null
  /** The source that shows them, where it is not the one with their own id. */
  readonly source: string | null
  readonly present: boolean
  /** Epoch milliseconds of the newest `participant.joined`; null when they were never announced. */
  readonly joinedAt: number | null
  readonly mutedAudio: boolean
  readonly mutedVideo: boolean
  /** Epoch milliseconds; null while the hand is down. */
  readonly handRaisedAt: number | null
}

export interface ChatMessage {
  /** Unique in the room: the sender and its id of the message. */
  readonly id: string
  readonly at: number
  readonly seq: number
  readonly from: string | null
  /** The name the message itself carries. */
  readonly name: string | null
  readonly text: string
}

/** The newest caption of one speaker. It is on show from its arrival until `at + durationMs`. */
export interface Caption {
  readonly participant: string | null
  readonly text: string
  readonly at: number
  readonly durationMs: number
}

/** The state of the room after all signals so far. */
export interface Room {
  readonly participants: ReadonlyMap<string, Participant>
  /** Oldest first, the newest `MAX_CHAT_MESSAGES`. */
  readonly chat: readonly ChatMessage[]
  /** By participant; the empty key holds captions of nobody in particular. */
  readonly captions: ReadonlyMap<string, Caption>
  /** A participant's id. */
  readonly activeSpeaker: string | null
  /** What the newest `layout.set` asked for. */
  readonly layout: Layout | null
  readonly board: RoomBoard
  /** When each field was last written: what lets a late or repeated signal lose. */
  readonly stamps: ReadonlyMap<string, Stamp>
}

/** A class of a day keeps this many chat messages in memory; no view shows more. */
export const MAX_CHAT_MESSAGES = 200
export const DEFAULT_CAPTION_MS = 5000

/** The room before its first signal. */
export function emptyRoom(): Room {
  return {
    participants: new Map(),
    chat: [],
    captions: new Map(),
    activeSpeaker: null,
    layout: null,
    board: { pages: new Map(), current: null },
    stamps: new Map(),
  }
}

/** The participant a source shows: the one that names it, else the one with the same id. */
export function participantOfSource(room: Room, sourceId: string): Participant | undefined {
  for (const participant of room.participants.values()) {
    if (participant.source === sourceId) return participant
  }
  const namesake = room.participants.get(sourceId)
  return namesake?.source === null ? namesake : undefined
}

/** True when the room says that whoever this source shows is speaking; they need not have been announced. */
export function isActiveSpeaker(room: Room, sourceId: string): boolean {
  if (room.activeSpeaker === null) return false
  return (participantOfSource(room, sourceId)?.id ?? sourceId) === room.activeSpeaker
}
