/**
 * Parses JSON that will be stored. Besides what is not JSON it refuses, with a `SyntaxError`, the two kinds of text that
 * no database keeps: the character U+0000 and half a surrogate pair (RFC 8259 §8.2 leaves both to the receiver).
 */
export function parseJson(text: string): unknown {
  // Only an escape can make such text: UTF-8 decoding has already replaced anything else.
  if (!/\\u(0000|d[89a-f])/i.test(text)) return JSON.parse(text)
  return JSON.parse(text, (key, value: unknown) => {
    if (!isStorable(key) || (typeof value === 'string' && !isStorable(value))) {
      throw new SyntaxError('a string holds the character U+0000 or half a surrogate pair')
    }
    return value
  })
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000')
}
