import { expect, test } from 'vitest'
import { AVATARS, COLORS, NAMES } from '../../recorder-page/drawing/tokens.ts'

/** WCAG 2.2, success criterion 1.4.3. */
const MIN_CONTRAST = 4.5
/** Glass over a white picture: the lightest ground it can have. */
const GLASS_ON_WHITE = '#3c3e42'

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const PAIRS: readonly (readonly [what: string, text: string, ground: string])[] = [
  ['text on a tile', COLORS.text, COLORS.tile],
  ['muted text on a tile', COLORS.textMuted, COLORS.tile],
  ['text on the panel', COLORS.text, COLORS.panel],
  ['text on glass', COLORS.text, GLASS_ON_WHITE],
  ['the hand', COLORS.onHand, COLORS.hand],
  ['ink on paper', COLORS.ink, COLORS.paper],
  ...AVATARS.map((color) => ['initials', '#ffffff', color] as const),
  ...NAMES.map((color) => ['a name on the panel', color, COLORS.panel] as const),
  ...NAMES.map((color) => ['a name on glass', color, GLASS_ON_WHITE] as const),
]

test.each(PAIRS)('%s (%s on %s) can be read', (_what, text, ground) => {
  expect(contrast(text, ground)).toBeGreaterThanOrEqual(MIN_CONTRAST)
})
