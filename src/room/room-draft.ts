import type { Signal } from '../protocol/signals.ts'
import type { BoardPageDraft } from './board.ts'
import type { Caption, Participant, Room } from './room.ts'
import { canonicalJson, compareStamps, type Stamp } from './stamp.ts'

/** A room while signals are being applied to it. */
export interface RoomDraft extends Room {
  readonly participants: Map<string, Participant>
  chat: Room['chat']
  readonly captions: Map<string, Caption>
  activeSpeaker: Room['activeSpeaker']
  layout: Room['layout']
  board: { readonly pages: Map<string, BoardPageDraft>; readonly current: string | null }
  readonly stamps: Map<string, Stamp>
}

/** A copy of the room, for changes in place; `room` itself stays as it is. */
export function copyRoom(room: Room): RoomDraft {
  const pages = new Map<string, BoardPageDraft>()
  for (const [id, page] of room.board.pages) {
    pages.set(id, { id, elements: new Map(page.elements), deleted: new Map(page.deleted) })
  }
  return {
    participants: new Map(room.participants),
    chat: room.chat,
    captions: new Map(room.captions),
    activeSpeaker: room.activeSpeaker,
    layout: room.layout,
    board: { pages, current: room.board.current },
    stamps: new Map(room.stamps),
  }
}

/** Takes the field for this signal; false when a newer write has it already. */
export function claim(room: RoomDraft, field: string, signal: Signal, value: unknown): boolean {
  const stamp = { at: signal.at, seq: signal.seq ?? 0, id: signal.id ?? '', value: canonicalJson(value) }
  const owner = room.stamps.get(field)
  if (owner !== undefined && compareStamps(stamp, owner) <= 0) return false
  room.stamps.set(field, stamp)
  return true
}
