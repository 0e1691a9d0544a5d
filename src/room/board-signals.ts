import type { BoardOp } from '../protocol/board.ts'
import type { SignalOf } from '../protocol/signals.ts'
import { applyBoardOp } from './board.ts'
import { claim, type RoomDraft } from './room-draft.ts'

type BoardSignal = SignalOf<'board.op'> | SignalOf<'board.snapshot'> | SignalOf<'board.page'>

/** A snapshot merges as puts: it never deletes, so an old one arriving late does no harm. */
export function applyBoardSignal(room: RoomDraft, signal: BoardSignal): void {
  switch (signal.type) {
    case 'board.op':
      applyOps(room, signal.page, [signal.op])
      return
    case 'board.page':
      turnTo(room, signal, signal.page)
      return
    case 'board.snapshot':
      for (const page of signal.pages) {
        const puts = page.elements.map((element): BoardOp => ({ action: 'put', element }))
        applyOps(room, page.id, puts)
      }
      if (signal.current !== undefined) turnTo(room, signal, signal.current)
  }
}

function turnTo(room: RoomDraft, signal: BoardSignal, page: string): void {
  if (claim(room, 'board/current', signal, page)) room.board = { ...room.board, current: page }
}

/** A page that changed is a new object around the same maps. */
function applyOps(room: RoomDraft, pageId: string, ops: readonly BoardOp[]): void {
  const page = room.board.pages.get(pageId) ?? { id: pageId, elements: new Map(), deleted: new Map() }
  let changed = !room.board.pages.has(pageId)
  for (const op of ops) changed = applyBoardOp(page, op) || changed
  if (changed) room.board.pages.set(pageId, { ...page })
}
