/** Every colour, type size and distance of the picture. Text on each surface has a contrast of at least 4.5:1. */
export const COLORS = {
  background: '#0e1116',
  /** Behind a contained picture and behind placeholders. */
  tile: '#191e26',
  panel: '#171c24',
  panelLine: '#262d38',
  text: '#f4f6f9',
  textMuted: '#a7b2c1',
  /** Over pictures of any colour: dark enough for `text` on white beneath it. */
  glass: 'rgba(11, 14, 19, 0.8)',
  speaking: '#4ade95',
  hand: '#ffc53d',
  onHand: '#2b1d00',
  muted: '#ff7a7a',
  paper: '#fcfcfa',
  paperGrid: '#e7e9ec',
  ink: '#1d2733',
  shadow: 'rgba(6, 9, 14, 0.45)',
} as const

/** Behind white initials. */
export const AVATARS = ['#3566d6', '#7a4fd6', '#b83a78', '#a8501f', '#24785a', '#1c7390', '#75641f', '#9a4568'] as const
/** The same hues as text on the panel. */
export const NAMES = ['#8fb0ff', '#bfa3ff', '#ff9cc8', '#ffb185', '#79d6b2', '#7cd0ea', '#dcc878', '#f5a8c6'] as const

export const FONT_STACK =
  "'Inter Variable', Inter, 'Noto Sans', 'Noto Sans CJK SC', 'Noto Sans Arabic', 'Noto Color Emoji', sans-serif"

/** Type sizes in pixels of a 720p picture. */
export const TYPE = { label: 15, status: 14, chat: 15, chatName: 12.5, caption: 22, toast: 15, heading: 14 } as const

/** A stable choice by name, so that a person keeps their colour. */
export function tintOf<T>(tints: readonly [T, ...T[]], name: string): T {
  let hash = 0
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0
  return tints[hash % tints.length] ?? tints[0]
}
