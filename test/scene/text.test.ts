import { describe, expect, test } from 'vitest'
import { ellipsize, graphemesOf, initialsOf, isRightToLeft, wrapText } from '../../recorder-page/drawing/text.ts'

/** Every grapheme ten pixels wide. */
const measure = (text: string) => graphemesOf(text).length * 10

describe('ellipsize', () => {
  test('leaves a text alone that fits', () => {
    expect(ellipsize('Amy', 30, measure)).toBe('Amy')
  })

  test('never cuts an emoji or an accent apart', () => {
    expect(ellipsize('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 30, measure)).toBe('👩‍👩‍👧‍👦👩‍👩‍👧‍👦…')
    expect(ellipsize('e\u0301e\u0301e\u0301e\u0301', 30, measure)).toBe('e\u0301e\u0301…')
  })

  test('takes out what would turn the rest of the line around', () => {
    expect(ellipsize('Amy\u202eymA\n!', 500, measure)).toBe('Amy ymA !')
  })
})

describe('wrapText', () => {
  test('breaks at words, and inside a word longer than a line', () => {
    const lines = wrapText('so it begins unbelievably', { maxWidth: 80, maxLines: 9, measure })
    expect(lines).toEqual(['so it', 'begins', 'unbeliev', 'ably'])
  })

  test('breaks Chinese between words, keeping punctuation with what it follows', () => {
    const lines = wrapText('今天我们学习二次函数，很有意思。', { maxWidth: 80, maxLines: 9, measure })
    expect(lines.join('')).toBe('今天我们学习二次函数，很有意思。')
    expect(lines.every((line) => measure(line) <= 80)).toBe(true)
    expect(lines.some((line) => /^[，。]/.test(line))).toBe(false)
  })

  test('ends in an ellipsis what has no line left', () => {
    expect(wrapText('one two three four', { maxWidth: 50, maxLines: 2, measure })).toEqual(['one', 'two…'])
  })

  test('keeps the line breaks of the text', () => {
    expect(wrapText('a\nb', { maxWidth: 100, maxLines: 9, measure })).toEqual(['a', 'b'])
  })
})

test.each([
  ['Ms Li', 'ML'],
  ['amy', 'A'],
  ['Maria da Silva', 'MS'],
  ['陈小雨', '陈'],
  ['山田 太郎', '山'],
  ['Дмитрий Иванов', 'ДИ'],
  ['محمد عبد', 'م'],
  ['🌸', '🌸'],
  ['', '?'],
])('the initials of %s are %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})

test.each([
  ['12 محمد', true],
  ['שלום', true],
  ['Amy محمد', false],
  ['2 + 2', false],
])('%s runs right to left: %s', (text, expected) => {
  expect(isRightToLeft(text)).toBe(expected)
})
