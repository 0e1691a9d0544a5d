import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attachment } from '../../src/api/media/content-disposition.ts'
import { buildFileName } from '../../src/api/media/file-name.ts'

const at = '2026-11-21T09:14:59.999Z'
const nameOf = (...words: (string | null | undefined)[]) => buildFileName({ words, at, extension: 'mp4' })

test.each([
  [['math-1', 'Great answer'], 'math-1 Great answer 2026-11-21 09.14.mp4'],
  [[null, 'Great answer'], 'Great answer 2026-11-21 09.14.mp4'],
  [[undefined, ''], '2026-11-21 09.14.mp4'],
  [['数学', '太棒了 🎉'], '数学 太棒了 🎉 2026-11-21 09.14.mp4'],
  [['../../etc', 'pass/wd\\x:y*?"<>|'], 'etc pass wd x y 2026-11-21 09.14.mp4'],
  [['.hidden', '-rf ~'], 'hidden rf ~ 2026-11-21 09.14.mp4'],
  [['a\u0000b\r\nc\td', 'gpj\u202e4pm\ufeff'], 'a b c d gpj4pm 2026-11-21 09.14.mp4'],
  [['half \ud800 a pair', 'e\u0301'], 'half a pair é 2026-11-21 09.14.mp4'],
])('names %j', (words, name) => {
  expect(nameOf(...words)).toBe(name)
})

test('a long name is cut between characters, and the time stays', () => {
  const family = '👩‍👩‍👧‍👦'
  const name = nameOf(family.repeat(100))
  expect(name).toMatch(/^(👩‍👩‍👧‍👦)+ 2026-11-21 09\.14\.mp4$/u)
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(204)
})

test('whatever the label, the name is one part of a path and the header one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (room, label) => {
      const name = nameOf(room, label)
      expect(name).toMatch(/^([^./~\\:*?"<>|\p{Cc}][^/\\:*?"<>|\p{Cc}]* )?2026-11-21 09\.14\.mp4$/u)
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(204)
      const header = attachment(name)
      expect(header).toMatch(
        /^attachment; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]*"; filename\*=UTF-8''[\w!#$&+.^`|~%-]+$/,
      )
      expect(decodeURIComponent(header.slice(header.lastIndexOf("''") + 2))).toBe(name)
    }),
  )
})

test('a header names the file twice: plainly for old programs, exactly for all others', () => {
  expect(attachment("Zoë's 50% (太)*.mp4")).toBe(
    `attachment; filename="Zoe's 50_ (_)*.mp4"; filename*=UTF-8''Zo%C3%AB%27s%2050%25%20%28%E5%A4%AA%29%2A.mp4`,
  )
})
