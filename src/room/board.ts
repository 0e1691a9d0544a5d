import type { BoardElement, BoardOp } from '../protocol/board.ts'
import { canonicalJson, compareText } from './stamp.ts'

/** Decides which of two operations on an element wins, in whatever order they arrive. */
interface ElementVersion {
  readonly version: number
  readonly nonce: number
}

/** One page of the whiteboard. Every id ever seen is in exactly one of the two maps. */
export interface RoomBoardPage {
  readonly id: string
  readonly elements: ReadonlyMap<string, BoardElement>
  /** Deleted ids with the version of their deletion, so that an older put cannot bring them back. */
  readonly deleted: ReadonlyMap<string, ElementVersion>
}

export interface RoomBoard {
  readonly pages: ReadonlyMap<string, RoomBoardPage>
  /** The page somebody turned to; null when nobody did. */
  readonly current: string | null
}

/** The page on show: the one turned to, else the first by id. A page turned to before its first element is empty. */
export function currentPage(board: RoomBoard): RoomBoardPage | undefined {
  if (board.current !== null) return board.pages.get(board.current) ?? blankPage(board.current)
  const [first] = [...board.pages.keys()].sort(compareText)
  return first === undefined ? undefined : board.pages.get(first)
}

/** Elements in drawing order: by `z`, then by id. */
export function drawingOrder(page: RoomBoardPage): BoardElement[] {
  return [...page.elements.values()].sort((a, b) => (a.z ?? 0) - (b.z ?? 0) || compareText(a.id, b.id))
}

const blankPages = new Map<string, RoomBoardPage>()

/** The same object for the same id, so that a view that watches identity does not redraw it. */
function blankPage(id: string): RoomBoardPage {
  const known = blankPages.get(id)
  if (known) return known
  blankPages.clear()
  const page = { id, elements: new Map(), deleted: new Map() }
  blankPages.set(id, page)
  return page
}

/** A page while signals are applied to it, in place. */
export interface BoardPageDraft extends RoomBoardPage {
  readonly elements: Map<string, BoardElement>
  readonly deleted: Map<string, ElementVersion>
}

/** Applies one operation to the page in place; true when it changed anything. */
export function applyBoardOp(page: BoardPageDraft, op: BoardOp): boolean {
  return op.action === 'put' ? putElement(page, op.element) : deleteElement(page, op)
}

/** Last writer wins: the higher version, then the higher nonce, then a deletion over an element, then the greater content. */
function putElement(page: BoardPageDraft, element: BoardElement): boolean {
  const deletion = page.deleted.get(element.id)
  if (deletion !== undefined && compareVersions(element, deletion) <= 0) return false
  const known = page.elements.get(element.id)
  if (known !== undefined && !supersedes(element, known)) return false
  page.deleted.delete(element.id)
  page.elements.set(element.id, element)
  return true
}

function deleteElement(page: BoardPageDraft, op: ElementVersion & { readonly id: string }): boolean {
  const deletion = page.deleted.get(op.id)
  if (deletion !== undefined && compareVersions(op, deletion) <= 0) return false
  const known = page.elements.get(op.id)
  if (known !== undefined && compareVersions(op, known) < 0) return false
  page.elements.delete(op.id)
  page.deleted.set(op.id, { version: op.version, nonce: op.nonce })
  return true
}

function supersedes(element: BoardElement, known: BoardElement): boolean {
  const order = compareVersions(element, known)
  return order !== 0 ? order > 0 : compareText(canonicalJson(element), canonicalJson(known)) > 0
}

function compareVersions(a: ElementVersion, b: ElementVersion): number {
  return a.version - b.version || a.nonce - b.nonce
}
