import { describe, expect, it } from 'vitest'
import { planRecap } from '../../../src/clipper/recap/plan-recap.ts'
import { buildClipTitle, escapeAss } from '../../../src/clipper/recap/titles.ts'

describe('titles', () => {
  it.each([
    ['{\\b1}bold', '\\{\\\u2060b1\\}bold'],
    ['a\\Nb', 'a\\\u2060Nb'],
    ['two\nlines\u0000', 'two lines'],
    ['数学课 درس 🎉', '数学课 درس'],
    ['👩🏽‍🏫🇨🇳', ''],
    ['1 + 1 = 2 #1 ©', '1 + 1 = 2 #1 ©'],
  ])('mean nothing to the renderer: %j', (text, expected) => {
    expect(escapeAss(text)).toBe(expected)
  })

  it('end when they are told to', () => {
    const text = buildClipTitle({ text: 'Applause', detail: '10:00', seconds: 2.5 }, { width: 1280, height: 720 })
    expect(text).toContain('Dialogue: 1,0:00:00.00,0:00:02.50,Title')
  })
})

describe('the plan of a recap', () => {
  it('lays cross-fades over both neighbours', () => {
    const plan = planRecap([{ frames: 100 }, { frames: 50 }, { frames: 75 }], { fadeFrames: 12 })
    expect(plan.frames).toBe(100 + 50 + 75 - 2 * 12)
    expect(plan.pieces).toEqual([
      { part: 0, fadeIn: 0, fadeOut: 12, firstFrame: 0, frames: 88 },
      { part: 1, fadeIn: 12, fadeOut: 12, firstFrame: 88, frames: 38 },
      { part: 2, fadeIn: 12, fadeOut: 0, firstFrame: 126, frames: 75 },
    ])
  })

  it('leaves something of a part that is shorter than its fades', () => {
    const plan = planRecap([{ frames: 100 }, { frames: 9 }, { frames: 1 }, { frames: 50 }], { fadeFrames: 12 })
    expect(plan.pieces.map(({ fadeIn, frames }) => [fadeIn, frames])).toEqual([
      [0, 96],
      [4, 9],
      [0, 1],
      [0, 50],
    ])
  })
})
