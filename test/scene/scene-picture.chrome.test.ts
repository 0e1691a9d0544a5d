import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COLORS as TOKENS } from '../../recorder-page/drawing/tokens.ts'
import { planScene } from '../../recorder-page/scene/plan/plan-scene.ts'
import { LAYOUT_NAMES, type Layout } from '../../src/protocol/index.ts'
import { emptyRoom, reduceRoom } from '../../src/room/index.ts'
import { BOARD_SIGNALS } from './board-lesson.ts'
import { CLASS_PLACES } from './class-places.ts'
import { COLORS, classOf, NOW, request, source } from './classes.ts'
import { SceneStudio } from './scene-studio.ts'

/** I420 keeps colour in 8 bits and limited range: a few steps are lost. */
const COLOR_TOLERANCE = 10
const CHROME_TIMEOUT_MS = 60_000
const SIZE = { width: 1280, height: 720 }

let studio: SceneStudio
beforeAll(async () => {
  studio = await SceneStudio.open()
}, CHROME_TIMEOUT_MS)
afterAll(() => studio?.[Symbol.asyncDispose]())

function rgb(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
}

function isNear(pixel: readonly number[] | undefined, color: string): boolean {
  return rgb(color).every((value, index) => Math.abs(value - (pixel?.[index] ?? -99)) <= COLOR_TOLERANCE)
}

const custom: Layout = {
  name: 'custom',
  tiles: [
    { source: 's0', x: 0, y: 0, width: 0.5, height: 1 },
    { source: 's1', x: 0.5, y: 0, width: 0.5, height: 0.5 },
    { source: 's2', x: 0.5, y: 0.5, width: 0.5, height: 0.5, fit: 'contain' },
  ],
}

describe.each(LAYOUT_NAMES)('in the layout %s', (name) => {
  test.each(['audience', 'presenter'] as const)(
    'every source has its own colour in its own tile (%s)',
    async (view) => {
      const layout: Layout = { ...(name === 'custom' ? custom : { name }), view }
      const { sources, pictures } = classOf(5, 'flat')
      const room = reduceRoom(emptyRoom(), BOARD_SIGNALS)
      const { tiles } = planScene({ room, sources, layout, size: SIZE, nowMs: NOW })
      const shown = tiles.filter((tile) => tile.kind === 'source')
      const probes = shown.map(({ rect }) => ({ x: rect.x + rect.width / 2, y: rect.y + Math.round(rect.height / 3) }))
      const answer = await studio.render(
        request(layout, { sources, pictures, batches: [BOARD_SIGNALS], probes, png: false }),
      )
      expect(shown.length).toBeGreaterThan(0)
      shown.forEach((tile, index) => {
        const color = COLORS[Number(tile.sourceId.slice(1))] ?? ''
        expect(answer.pixels[index], `${tile.sourceId} should be ${color}`).toSatisfy((pixel: number[]) =>
          isNear(pixel, color),
        )
      })
    },
  )
})

describe('the layouts for classes', () => {
  test.each(CLASS_PLACES)('show everybody where a hand-written table has them: $title', async (places) => {
    const { layout, sources, signals, spots } = places
    const { pictures } = classOf(sources.length, 'flat')
    const probes = spots.map(([, { x, y }]) => ({ x: Math.round(x * SIZE.width), y: Math.round(y * SIZE.height) }))
    const { pixels } = await studio.render(
      request(layout, { size: SIZE, sources, pictures, batches: [signals], probes, png: false }),
    )
    const shownAt = pixels.map((pixel) => {
      const index = COLORS.findIndex((color) => isNear(pixel, color))
      return index === -1 ? 'board' : `s${index}`
    })
    expect(shownAt).toEqual(spots.map(([shown]) => shown))
  })
})

test('a stalled source becomes a placeholder, and its neighbour goes on', async () => {
  const { pictures } = classOf(2, 'flat')
  const sources = [source('s0', { state: 'stalled', stateSinceMs: NOW - 3000 }), source('s1')]
  const probes = [
    { x: 60, y: 220 },
    { x: 960, y: 300 },
  ]
  const { pixels } = await studio.render(request({ name: 'grid' }, { sources, pictures, probes, png: false }))
  expect(isNear(pixels[0], TOKENS.tile)).toBe(true)
  expect(isNear(pixels[1], COLORS[1] ?? '')).toBe(true)
})

test('a floating tile has round corners that show what is under it', async () => {
  const { sources, pictures } = classOf(1, 'flat')
  const layout: Layout = { name: 'board', labels: false }
  const { tiles } = planScene({ room: emptyRoom(), sources, layout, size: SIZE, nowMs: NOW })
  const rect = tiles.at(-1)?.rect ?? { x: 0, y: 0, width: 0, height: 0 }
  const probes = [
    { x: rect.x, y: rect.y },
    { x: rect.x + 30, y: rect.y + 30 },
  ]
  const { pixels } = await studio.render(request(layout, { sources, pictures, probes, png: false }))
  expect(isNear(pixels[0], COLORS[0] ?? '')).toBe(false)
  expect(isNear(pixels[1], COLORS[0] ?? '')).toBe(true)
})

describe('text', () => {
  /** Reserved for ever: no font has a glyph for it, so it shows what a missing glyph looks like. */
  const MISSING = '\u{10fffe}'

  test.each([
    ['Chinese', '学', '习'],
    ['Japanese', 'あ', 'ヌ'],
    ['Korean', '김', '민'],
    ['Arabic', 'م', 'ح'],
    ['Hebrew', 'ש', 'ל'],
    ['Devanagari', 'क', 'ख'],
    ['Thai', 'ก', 'ข'],
    ['Cyrillic', 'Д', 'Ж'],
    ['Greek', 'Σ', 'Ω'],
    ['Vietnamese', 'ễ', 'ợ'],
    ['emoji', '🌸', '👍🏽'],
    ['mathematics', '√', '∑'],
  ])('in %s has its own glyphs', async (_script, first, second) => {
    const [missing, a, b] = await Promise.all([MISSING, first, second].map((text) => studio.glyphs(text)))
    expect(a?.ink).toContain('#')
    expect(a?.ink).not.toBe(missing?.ink)
    expect(a?.ink).not.toBe(b?.ink)
  })
})

test('a picture of every size is drawn whole, down to the smallest', async () => {
  for (const size of [
    { width: 160, height: 90 },
    { width: 640, height: 360 },
    { width: 720, height: 1280 },
  ]) {
    const probes = [{ x: 0, y: 0 }]
    const { pixels } = await studio.render(
      request({ name: 'small-class' }, { size, probes, ...classOf(12, 'flat'), png: false }),
    )
    expect(isNear(pixels[0], TOKENS.background)).toBe(true)
  }
})
