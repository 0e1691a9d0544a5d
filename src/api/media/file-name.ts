/** The longest stem: a name fits into the 255 bytes of the usual file systems, with room for a browser's " (1)". */
const MAX_STEM_BYTES = 200

interface FileNameParts {
  /** What the film is of, most general first; empty and absent words are left out. */
  readonly words: readonly (string | null | undefined)[]
  /** The moment, RFC 3339, UTC. */
  readonly at: string
  /** The extension without its dot. */
  readonly extension: string
}

/**
 * A file name for people: `math-1 Great answer 2026-11-21 09.14.mp4`, with the time in UTC. It has no character that a
 * file system or a shell takes amiss, begins with no dot, and is never cut within a character.
 */
export function buildFileName({ words, at, extension }: FileNameParts): string {
  const time = `${at.slice(0, 10)} ${at.slice(11, 16).replace(':', '.')}`
  const text = words.map((word) => safeWords(word ?? '')).filter((word) => word !== '')
  const stem = cut(text.join(' '), MAX_STEM_BYTES - time.length - 1)
  return `${stem === '' ? '' : `${stem} `}${time}.${extension}`
}

/** Removes path separators, characters reserved on Windows, invisible ones, and marks of the writing direction. */
function safeWords(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\\/:*?"<>|\p{Cc}\p{Zl}\p{Zp}\u{fffd}]+/gu, ' ')
    .replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
    .replace(/\s+/gu, ' ')
    .replace(/^[ .~-]+|[ .]+$/gu, '')
}

function cut(text: string, maxBytes: number): string {
  let bytes = 0
  let kept = ''
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    bytes += Buffer.byteLength(segment)
    if (bytes > maxBytes) break
    kept += segment
  }
  return kept.trimEnd()
}
