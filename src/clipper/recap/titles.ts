/** A picture on which titles are drawn. */
interface TitleSize {
  readonly width: number
  readonly height: number
}

interface Title {
  readonly text: string | null
  /** The smaller line below the text. */
  readonly detail: string
  /** How long the title is shown. */
  readonly seconds: number
}

const FADE_MS = 350
/** Strips of the shade behind a title: enough that none is seen. */
const STRIPS = 40
/** How much of the picture the shade covers, and how dark it becomes at the bottom. */
const SHADE = { height: 0.42, opacity: 0.72 } as const

/** A title over the lower part of the picture, as Advanced SubStation Alpha v4+. */
export function buildClipTitle(title: Title, size: TitleSize): string {
  const shade = shadeStrips(size).map((strip) => line('Shade', title.seconds, `${fade()}${strip}`))
  const name = escapeAss(title.text ?? '')
  const text = name === '' ? '' : `{\\b700}${name}\\N`
  const detail = `{\\b400\\fs${detailSize(size)}\\1a&H30&}${escapeAss(title.detail)}`
  return document(size, [...shade, line('Title', title.seconds, `${fade()}${text}${detail}`)])
}

/** The words of a title card, in the middle of the picture. */
export function buildCardTitle(title: Title, size: TitleSize): string {
  const text = `{\\b700}${escapeAss(title.text ?? '')}\\N`
  const detail = `{\\b400\\fs${detailSize(size)}\\1a&H50&}${escapeAss(title.detail)}`
  return document(size, [line('Card', title.seconds, `${fade()}${text}${detail}`)])
}

/** Colour glyphs and what combines them: libass draws outlines only, and would show an empty box for each. */
const EMOJI = /\p{Emoji_Presentation}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f|\u20e3/gu

/** Text that means nothing to libass: no override block, no escape, no line of its own. Emoji are left out. */
export function escapeAss(text: string): string {
  return text
    .replaceAll(EMOJI, '')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll('\\', '\\\u2060')
    .replaceAll('{', '\\{')
    .replaceAll('}', '\\}')
    .trim()
}

const detailSize = ({ height }: TitleSize): number => Math.max(9, Math.round(height / 30))
const fade = (): string => `{\\fad(${FADE_MS},${FADE_MS})}`

function line(style: string, seconds: number, text: string): string {
  return `Dialogue: ${style === 'Shade' ? 0 : 1},0:00:00.00,${clock(seconds)},${style},,0,0,0,,${text}`
}

function clock(seconds: number): string {
  const hundredths = Math.round(seconds * 100)
  const part = (value: number) => String(value).padStart(2, '0')
  return `0:${part(Math.floor(hundredths / 6000))}:${part(Math.floor(hundredths / 100) % 60)}.${part(hundredths % 100)}`
}

/** Rectangles that get darker downwards. */
function shadeStrips({ width, height }: TitleSize): string[] {
  return Array.from({ length: STRIPS }, (_, i) => {
    const top = Math.round(height * (1 - SHADE.height + (SHADE.height * i) / STRIPS))
    const bottom = Math.round(height * (1 - SHADE.height + (SHADE.height * (i + 1)) / STRIPS))
    const opacity = SHADE.opacity * ((i + 1) / STRIPS) ** 1.4
    const alpha = Math.round(255 * (1 - opacity))
      .toString(16)
      .padStart(2, '0')
    return `{\\pos(0,0)\\1a&H${alpha}&\\p1}m 0 ${top} l ${width} ${top} ${width} ${bottom} 0 ${bottom}`
  })
}

/** Noto's sans-serif; what it lacks libass takes from the other fonts of the machine, as Chinese and Arabic. */
const FONT = 'Noto Sans'

function document({ width, height }: TitleSize, events: readonly string[]): string {
  const margin = Math.round(width * 0.045)
  const fontSize = Math.max(12, Math.round(height / 17))
  const style = (name: string, alignment: number, colour: string) =>
    `Style: ${name},${FONT},${fontSize},${colour},&H00FFFFFF,&H80000000,&H80000000,0,0,0,0,100,100,0,0,1,0,0,${alignment},${margin},${margin},${Math.round(height * 0.06)},1`
  return [
    '[Script Info]',
    'ScriptType: v4.00+',
    `PlayResX: ${width}`,
    `PlayResY: ${height}`,
    'WrapStyle: 0',
    'ScaledBorderAndShadow: yes',
    '',
    '[V4+ Styles]',
    'Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding',
    style('Shade', 7, '&H00000000'),
    style('Title', 1, '&H00FFFFFF'),
    style('Card', 5, '&H00FFFFFF'),
    '',
    '[Events]',
    'Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text',
    ...events,
    '',
  ].join('\n')
}
