import type { Rect } from '../../drawing/geometry.ts'
import type { Layer, Pen } from '../../drawing/layer.ts'
import { ellipsize, wrapText } from '../../drawing/text.ts'
import { COLORS, NAMES, TYPE, tintOf } from '../../drawing/tokens.ts'
import { drawText, measureIn, type TypeStyle } from '../../drawing/type.ts'
import type { ChatLine, Overlay } from '../plan/scene-plan.ts'
import { fillRounded, type LayerStyle, labelMargin, startOf } from './tile-layers.ts'

export interface PlacedLayer {
  readonly layer: Layer
  readonly x: number
  readonly y: number
}

/** An overlay as a layer in its place. */
export function overlayLayer(overlay: Overlay, style: LayerStyle): PlacedLayer | null {
  switch (overlay.kind) {
    case 'chat':
      return chatPanel(overlay, style)
    case 'bubbles':
      return bubbles(overlay, style)
    case 'caption':
      return caption(overlay, style)
    case 'toasts':
      return toasts(overlay, style)
  }
}

interface Entry {
  readonly name: string
  readonly tint: string
  readonly lines: readonly string[]
  readonly height: number
}

function entryOf(line: ChatLine, box: { width: number; maxLines: number }, style: LayerStyle): Entry {
  const { name, text } = chatType(style)
  const lines = wrapText(line.text, { maxWidth: box.width, maxLines: box.maxLines, measure: measureIn(text) })
  return {
    name: ellipsize(line.name, box.width, measureIn(name)),
    tint: tintOf(NAMES, line.name),
    lines,
    height: Math.round(name.px * 1.5 + lines.length * text.px * 1.38),
  }
}

function chatType({ typeScale }: LayerStyle): { name: TypeStyle; text: TypeStyle } {
  return {
    name: { px: Math.max(10.5, TYPE.chatName * typeScale), weight: 640 },
    text: { px: Math.max(11.5, TYPE.chat * typeScale), weight: 420 },
  }
}

function drawEntry(pen: Pen, entry: Entry, { box, style }: { box: Rect; style: LayerStyle }): void {
  const { name, text } = chatType(style)
  drawText(pen, entry.name, { ...startOf(entry.name, box), y: box.y + name.px * 0.7, style: name, color: entry.tint })
  entry.lines.forEach((line, index) => {
    const y = box.y + name.px * 1.5 + (index + 0.5) * text.px * 1.38
    drawText(pen, line, { ...startOf(line, box), y, style: text, color: COLORS.text })
  })
}

/** A panel with the newest messages at the bottom; a message that does not fit whole at the top is left out. */
function chatPanel(overlay: Extract<Overlay, { kind: 'chat' }>, style: LayerStyle): PlacedLayer {
  const { x, y, width, height } = overlay.rect
  const key = `chat|${width}x${height}|${overlay.lines.map(({ id, name }) => `${id}/${name}`).join('|')}`
  const layer = style.cache.get(key, { width, height }, (pen) => drawChatPanel(pen, overlay, style))
  return { layer, x, y }
}

function drawChatPanel(pen: Pen, overlay: Extract<Overlay, { kind: 'chat' }>, style: LayerStyle): void {
  const { width, height } = overlay.rect
  const padding = Math.round(16 * style.scale)
  const heading = { px: TYPE.heading * style.typeScale, weight: 640 }
  const head = Math.round(heading.px * 3)
  pen.fillStyle = COLORS.panel
  fillRounded(pen, { x: 0, y: 0, width, height }, Math.round(12 * style.scale))
  drawText(pen, 'Chat', { x: padding, y: head / 2 + 1, style: heading, color: COLORS.text })
  pen.fillStyle = COLORS.panelLine
  pen.fillRect(0, head, width, Math.max(1, Math.round(style.scale)))
  const box = { x: padding, width: width - 2 * padding }
  let bottom = height - padding
  for (const line of overlay.lines.toReversed()) {
    const entry = entryOf(line, { width: box.width, maxLines: 8 }, style)
    const top = bottom - entry.height
    if (top < head + padding * 0.6) break
    drawEntry(pen, entry, { box: { ...box, y: top, height: entry.height }, style })
    bottom = top - Math.round(12 * style.scale)
  }
}

/** New messages at the top of the main tile, where no panel is open: above faces, captions and labels. */
function bubbles(overlay: Extract<Overlay, { kind: 'bubbles' }>, style: LayerStyle): PlacedLayer {
  const padding = Math.round(12 * style.scale)
  const width = Math.round(Math.min(overlay.rect.width * 0.62, 300 * style.typeScale))
  const entries = overlay.lines.map((line) => entryOf(line, { width: width - 2 * padding, maxLines: 3 }, style))
  const gap = Math.round(8 * style.scale)
  const height = entries.reduce((sum, entry) => sum + entry.height + 1.6 * padding + gap, 0)
  const key = `bubbles|${width}|${overlay.lines.map(({ id, name }) => `${id}/${name}`).join('|')}`
  const layer = style.cache.get(key, { width, height }, (pen) => {
    let y = 0
    for (const entry of entries) {
      const box = { x: 0, y, width, height: entry.height + 1.6 * padding }
      pen.fillStyle = COLORS.glass
      fillRounded(pen, box, padding)
      const inner = { x: padding, y: y + 0.8 * padding, width: width - 2 * padding, height: entry.height }
      drawEntry(pen, entry, { box: inner, style })
      y += box.height + gap
    }
  })
  const margin = labelMargin(style.scale)
  return { layer, x: overlay.rect.x + margin, y: overlay.rect.y + margin }
}

/** The caption, centred at the bottom. */
function caption(overlay: Extract<Overlay, { kind: 'caption' }>, style: LayerStyle): PlacedLayer {
  const type = { px: Math.max(13, TYPE.caption * style.scale), weight: 520 }
  const name = { px: type.px * 0.68, weight: 640 }
  const maxWidth = Math.round(overlay.rect.width * 0.78)
  const measure = measureIn(type)
  const lines = wrapText(overlay.text, { maxWidth, maxLines: 99, measure }).slice(-2)
  const nameText = overlay.name === null ? null : ellipsize(overlay.name, maxWidth, measureIn(name))
  const padding = Math.round(type.px * 0.7)
  const nameWidth = nameText === null ? 0 : measureIn(name)(nameText)
  const width = Math.ceil(Math.max(nameWidth, ...lines.map(measure))) + 2 * padding
  const nameHeight = nameText === null ? 0 : name.px * 1.45
  const height = Math.round(lines.length * type.px * 1.36 + nameHeight + padding)
  const layer = style.cache.get(`caption|${nameText}|${lines.join('\n')}|${type.px}`, { width, height }, (pen) => {
    pen.fillStyle = COLORS.glass
    fillRounded(pen, { x: 0, y: 0, width, height }, Math.round(type.px * 0.55))
    const centre = { x: width / 2, align: 'center' } as const
    if (nameText !== null) {
      const tint = tintOf(NAMES, overlay.name ?? '')
      drawText(pen, nameText, { ...centre, y: padding / 2 + name.px * 0.72, style: name, color: tint })
    }
    lines.forEach((line, index) => {
      const y = padding / 2 + nameHeight + (index + 0.5) * type.px * 1.36
      drawText(pen, line, { ...centre, y, style: type, color: COLORS.text })
    })
  })
  const { rect } = overlay
  const foot = Math.round(46 * style.typeScale)
  return { layer, x: Math.round(rect.x + (rect.width - width) / 2), y: rect.y + rect.height - height - foot }
}

/** The notice of who just joined, at the top of the picture. */
function toasts(overlay: Extract<Overlay, { kind: 'toasts' }>, style: LayerStyle): PlacedLayer {
  const type = { px: Math.max(11, TYPE.toast * style.typeScale), weight: 540 }
  const measure = measureIn(type)
  const text = toastText(overlay.names.map((name) => ellipsize(name, overlay.rect.width * 0.24, measure)))
  const dot = Math.round(type.px * 0.55)
  const padding = Math.round(type.px * 0.95)
  const width = Math.ceil(measure(text)) + 2 * padding + 2 * dot
  const height = Math.round(type.px * 2.2)
  const layer = style.cache.get(`toast|${text}|${type.px}`, { width, height }, (pen) => {
    pen.fillStyle = COLORS.glass
    fillRounded(pen, { x: 0, y: 0, width, height }, height / 2)
    pen.fillStyle = COLORS.speaking
    fillRounded(pen, { x: padding, y: (height - dot) / 2, width: dot, height: dot }, dot / 2)
    drawText(pen, text, { x: padding + 2 * dot, y: height / 2, style: type, color: COLORS.text, direction: 'ltr' })
  })
  const { rect } = overlay
  return { layer, x: Math.round(rect.x + (rect.width - width) / 2), y: rect.y + Math.round(14 * style.scale) }
}

/** Names are isolated (Unicode UAX #9), so that a right-to-left name does not reorder the sentence. */
function toastText(names: readonly string[]): string {
  const isolate = (name: string) => `\u2068${name}\u2069`
  const [first = '', second = ''] = names
  if (names.length === 1) return `${isolate(first)} joined`
  if (names.length === 2) return `${isolate(first)} and ${isolate(second)} joined`
  return `${isolate(first)}, ${isolate(second)} and ${names.length - 2} more joined`
}
