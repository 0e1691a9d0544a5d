import type { LayoutName } from '../../../src/protocol/layout.ts'
import type { ChatMessage, Room } from '../../../src/room/index.ts'
import { inset, type Rect } from '../../drawing/geometry.ts'
import { type Arrangement, gapOf } from '../layout/index.ts'
import type { SceneInput } from './scene-input.ts'
import type { ChatLine, Overlay } from './scene-plan.ts'

/** The chat panel closes when nobody has written for this long. */
const CHAT_OPEN_MS = 180_000
const BUBBLE_MS = 7000
const TOAST_MS = 4000
/** A narrower picture has no room for a column of readable text. */
const MIN_CHAT_PANEL_WIDTH = 840
const MAX_CHAT_LINES = 24
const MAX_BUBBLES = 3
/** A first tile wider than this share of the picture is the main tile. */
const MAIN_SHARE = 0.6
/** The height of the picture that toasts take from the bubbles below them. */
const TOAST_SHARE = 0.08

const PANEL_LAYOUTS: ReadonlySet<LayoutName> = new Set(['speaker', 'board', 'small-class', 'lecture', 'dual-teacher'])
/** The layouts without overlays for chat and joining people. */
const BARE_LAYOUTS: ReadonlySet<LayoutName> = new Set(['single', 'custom'])

/** True while the chat is in a panel: it was used lately, and the layout and the picture have room for one. */
export function chatIsOpen({ room, layout, size, nowMs }: SceneInput): boolean {
  const newest = room.chat.at(-1)
  return (
    newest !== undefined &&
    nowMs - newest.at < CHAT_OPEN_MS &&
    layout.view !== 'presenter' &&
    PANEL_LAYOUTS.has(layout.name) &&
    size.width >= MIN_CHAT_PANEL_WIDTH &&
    size.width > size.height
  )
}

/** The overlays on the tiles: the chat, the caption, the notice of who just joined. */
export function planOverlays(input: SceneInput, arrangement: Arrangement): Overlay[] {
  const main =
    mainTileOf(arrangement, input) ?? aroundAll(arrangement) ?? inset({ x: 0, y: 0, ...input.size }, gapOf(input.size))
  const toasts = planToasts(input, main)
  const free = toasts.length === 0 ? main : splitTop(main, input.size.height * TOAST_SHARE)
  return [...planChat(input, arrangement.chat, free), ...toasts, ...planCaption(input, main)]
}

function splitTop(rect: Rect, height: number): Rect {
  return { ...rect, y: rect.y + height, height: Math.max(2, rect.height - height) }
}

/** Overlays belong on the main tile, not on the faces beside it. */
function mainTileOf(arrangement: Arrangement, { size }: SceneInput): Rect | undefined {
  const first = arrangement.places[0]?.rect
  return first !== undefined && first.width > size.width * MAIN_SHARE ? first : undefined
}

/** The box around all tiles. */
function aroundAll({ places }: Arrangement): Rect | undefined {
  const rects = places.map(({ rect }) => rect)
  if (rects.length === 0) return undefined
  const x = Math.min(...rects.map((rect) => rect.x))
  const y = Math.min(...rects.map((rect) => rect.y))
  const right = Math.max(...rects.map((rect) => rect.x + rect.width))
  const bottom = Math.max(...rects.map((rect) => rect.y + rect.height))
  return { x, y, width: right - x, height: bottom - y }
}

function planChat(input: SceneInput, panel: Rect | null, free: Rect): Overlay[] {
  const { room, layout, nowMs } = input
  if (panel !== null) {
    return [
      { kind: 'chat', key: 'chat', rect: panel, opacity: 1, lines: chatLines(room, room.chat.slice(-MAX_CHAT_LINES)) },
    ]
  }
  if (BARE_LAYOUTS.has(layout.name)) return []
  const fresh = room.chat.filter((message) => nowMs - message.at < BUBBLE_MS).slice(-MAX_BUBBLES)
  if (fresh.length === 0) return []
  return [{ kind: 'bubbles', key: 'bubbles', rect: free, opacity: 1, lines: chatLines(room, fresh) }]
}

function chatLines(room: Room, messages: readonly ChatMessage[]): ChatLine[] {
  return messages.map((message) => ({ id: message.id, name: authorOf(room, message), text: message.text }))
}

function authorOf(room: Room, message: ChatMessage): string {
  const known = message.from === null ? undefined : room.participants.get(message.from)?.name
  return message.name ?? known ?? message.from ?? ''
}

function planToasts({ room, layout, nowMs }: SceneInput, rect: Rect): Overlay[] {
  if (BARE_LAYOUTS.has(layout.name) || layout.labels === false) return []
  const names = [...room.participants.values()]
    .filter((person) => person.present && person.role !== 'viewer' && isFresh(person.joinedAt, nowMs))
    .sort((a, b) => (a.joinedAt ?? 0) - (b.joinedAt ?? 0))
    .map((person) => person.name ?? person.id)
  return names.length === 0 ? [] : [{ kind: 'toasts', key: 'toasts', rect, opacity: 1, names }]
}

function isFresh(at: number | null, nowMs: number): boolean {
  return at !== null && nowMs - at < TOAST_MS
}

function planCaption({ room, nowMs }: SceneInput, rect: Rect): Overlay[] {
  const spoken = [...room.captions.values()]
    .filter((caption) => caption.text.trim() !== '' && nowMs < caption.at + caption.durationMs)
    .sort((a, b) => a.at - b.at)
    .at(-1)
  if (spoken === undefined) return []
  const name =
    spoken.participant === null ? null : (room.participants.get(spoken.participant)?.name ?? spoken.participant)
  return [{ kind: 'caption', key: 'caption', rect, opacity: 1, name, text: spoken.text }]
}
