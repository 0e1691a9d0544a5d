/** Measures text in pixels, in a font the caller has chosen. */
export type Measure = (text: string) => number

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const words = new Intl.Segmenter(undefined, { granularity: 'word' })

/** First strong character decides (Unicode UAX #9, rule P2), over the right-to-left scripts in use today. */
const STRONG = /[\p{L}]/u
const RTL = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u

export function isRightToLeft(text: string): boolean {
  const first = STRONG.exec(text)?.[0]
  return first !== undefined && RTL.test(first)
}

/** The text, or as much of it as fits with an ellipsis. Never cuts inside a letter, an accent or an emoji. */
export function ellipsize(text: string, maxWidth: number, measure: Measure): string {
  const line = oneLine(text)
  if (measure(line) <= maxWidth) return line
  const parts = graphemesOf(line)
  let low = 0
  let high = parts.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (measure(`${parts.slice(0, middle).join('').trimEnd()}…`) <= maxWidth) low = middle
    else high = middle - 1
  }
  return `${parts.slice(0, low).join('').trimEnd()}…`
}

interface WrapOptions {
  readonly maxWidth: number
  readonly maxLines: number
  readonly measure: Measure
}

/**
 * Breaks text into lines that fit, at the words of any script; a word longer than a line is broken inside. Keeps the
 * text's own line breaks. What does not fit in `maxLines` ends in an ellipsis.
 */
export function wrapText(text: string, { maxWidth, maxLines, measure }: WrapOptions): string[] {
  const lines = text.split(/\r\n|\r|\n/).flatMap((paragraph) => wrapParagraph(paragraph, maxWidth, measure))
  if (lines.length <= maxLines) return lines
  const last = lines.slice(maxLines - 1, maxLines + 1).join(' ')
  return [...lines.slice(0, maxLines - 1), ellipsize(`${last}…`, maxWidth, measure)]
}

function wrapParagraph(paragraph: string, maxWidth: number, measure: Measure): string[] {
  const lines: string[] = []
  let line = ''
  const put = (piece: string) => {
    if (line !== '' && measure(line + piece.trimEnd()) > maxWidth) {
      lines.push(line.trimEnd())
      line = piece.trimStart()
    } else {
      line += piece
    }
  }
  for (const word of wordsOf(clean(paragraph))) {
    put(word)
    if (measure(line.trimEnd()) <= maxWidth) continue
    line = ''
    for (const part of graphemesOf(word)) put(part)
  }
  return [...lines, line.trimEnd()]
}

/** Words, each with the punctuation and space after it, which must not begin a line. */
function wordsOf(paragraph: string): string[] {
  const pieces: string[] = []
  for (const { segment, isWordLike } of words.segment(paragraph)) {
    const last = pieces.at(-1)
    if (last !== undefined && !isWordLike && (segment.trim() === '' || /^\p{P}/u.test(segment))) {
      pieces[pieces.length - 1] = last + segment
    } else {
      pieces.push(segment)
    }
  }
  return pieces
}

/** At most two letters that stand for the name: of its first and last word. */
export function initialsOf(name: string): string {
  const parts = oneLine(name)
    .split(' ')
    .filter((word) => /[\p{L}\p{N}\p{Emoji_Presentation}]/u.test(word))
  const letters = [parts[0], parts.length > 1 ? parts.at(-1) : undefined].map((word) => firstLetter(word ?? ''))
  const joined = letters.every((letter) => /^\p{Script=Latin}|^\p{Script=Cyrillic}|^\p{Script=Greek}/u.test(letter))
  return (joined ? letters.join('') : (letters[0] ?? '')).toLocaleUpperCase('en') || '?'
}

function firstLetter(word: string): string {
  return graphemesOf(word).find((part) => /[\p{L}\p{N}\p{Emoji_Presentation}]/u.test(part)) ?? ''
}

export function graphemesOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
}

function oneLine(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim()
}

/** Without control characters, and without the overrides that would turn the rest of a line around. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ')
}
