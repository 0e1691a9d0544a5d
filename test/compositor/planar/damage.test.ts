import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findDamage, type PlacedStep, wholeDamage } from '../../../recorder-page/compositor/planar/damage.ts'
import type { Rect } from '../../../recorder-page/drawing/geometry.ts'

const PICTURE = { x: 0, y: 0, width: 100, height: 60 }
const rect = (x: number, y: number, width: number, height: number): Rect => ({ x, y, width, height })

function step(id: string, place: Rect, change: Partial<PlacedStep> = {}): PlacedStep {
  return { id, rect: place, isWhole: false, isOpaque: false, ...change }
}
const frame = (id: string, place: Rect) => step(id, place, { isWhole: true, isOpaque: true })

describe('findDamage', () => {
  test('finds nothing where nothing changed', () => {
    const steps = [frame('a', rect(0, 0, 50, 60)), step('label', rect(2, 50, 20, 8))]
    expect(findDamage(steps, [...steps], PICTURE)).toEqual([])
  })

  test('finds the tile of a new frame, from its frame upwards', () => {
    const label = step('label', rect(2, 50, 20, 8))
    const before = [frame('a', rect(0, 0, 50, 60)), frame('b', rect(50, 0, 50, 60)), label]
    const now = [frame('a2', rect(0, 0, 50, 60)), frame('b', rect(50, 0, 50, 60)), label]
    expect(findDamage(before, now, PICTURE)).toEqual([{ rect: rect(0, 0, 50, 60), from: 0 }])
  })

  test('finds where something went away, down to the background', () => {
    const before = [frame('a', rect(10, 10, 20, 20)), step('toast', rect(60, 4, 20, 8))]
    expect(findDamage(before, before.slice(0, 1), PICTURE)).toEqual([{ rect: rect(60, 4, 20, 8), from: -1 }])
  })

  test('grows over a frame that is only partly under a change, for it is painted whole', () => {
    const tile = frame('a', rect(10, 10, 40, 40))
    const before = [tile, step('caption', rect(20, 44, 30, 10))]
    expect(findDamage(before, [tile, step('caption2', rect(20, 44, 30, 10))], PICTURE)).toEqual([
      { rect: rect(10, 10, 40, 44), from: -1 },
    ])
  })

  test('keeps to the changed rectangle of a layer that says what changed', () => {
    const board = (id: string, change?: PlacedStep['change']) => step(id, PICTURE, { isOpaque: true, change })
    const before = [board('board|1'), step('label', rect(0, 50, 20, 8))]
    const now = [board('board|2', { since: 'board|1', rect: rect(40, 20, 6, 6) }), step('label', rect(0, 50, 20, 8))]
    expect(findDamage(before, now, PICTURE)).toEqual([{ rect: rect(40, 20, 6, 6), from: 0 }])
    const jumped = [board('board|4', { since: 'board|3', rect: rect(40, 20, 6, 6) })]
    expect(findDamage([board('board|1')], jumped, PICTURE)).toEqual([{ rect: PICTURE, from: 0 }])
  })

  test('sees a change of order where two steps overlap', () => {
    const [a, b] = [frame('a', rect(0, 0, 30, 30)), frame('b', rect(20, 20, 30, 30))]
    expect(findDamage([a, b], [b, a], PICTURE)).not.toEqual([])
  })

  test('unites what overlaps, and cuts at the edge of the picture', () => {
    const now = [step('a', rect(0, 0, 20, 20)), step('b', rect(10, 10, 20, 20)), step('c', rect(90, 50, 40, 40))]
    expect(findDamage([], now, PICTURE).map((damage) => damage.rect)).toEqual([
      rect(0, 0, 30, 30),
      rect(90, 50, 10, 10),
    ])
  })

  test('begins with the whole picture', () => {
    expect(wholeDamage([step('a', rect(0, 0, 4, 4))], PICTURE)).toEqual({ rect: PICTURE, from: -1 })
  })

  test('a picture that is painted only where it says is the one that is painted whole', () => {
    const place = fc
      .tuple(fc.nat(40), fc.nat(20), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 }))
      .map(([x, y, width, height]) => rect(2 * x, 2 * y, 2 * width, 2 * height))
    const any = fc.record({ place, kind: fc.constantFrom('frame', 'opaque', 'glass'), content: fc.nat(2) })
    const scene = fc.uniqueArray(any, { maxLength: 7, selector: ({ place: { x, y } }) => `${x},${y}` })
    fc.assert(
      fc.property(scene, scene, fc.nat(3), (first, second, turn) => {
        const before = first.map(toStep)
        const kept = first.map(toStep).slice(0, turn)
        const now = [...second.map(toStep), ...kept]
        const picture = paintAll(before)
        for (const damage of findDamage(before, now, PICTURE)) paint(picture, now, damage)
        expect(picture).toEqual(paintAll(now))
      }),
      { numRuns: 500 },
    )
  })
})

function toStep({ place, kind, content }: { place: Rect; kind: string; content: number }): PlacedStep {
  const id = `${kind}|${content}|${place.x},${place.y},${place.width}x${place.height}`
  return step(id, place, { isWhole: kind === 'frame', isOpaque: kind !== 'glass' })
}

type Pixels = string[]

function paintAll(steps: readonly PlacedStep[]): Pixels {
  const pixels = Array.from({ length: PICTURE.width * PICTURE.height }, () => 'old')
  paint(pixels, steps, wholeDamage(steps, PICTURE))
  return pixels
}

/** Paints as the compositor does: glass shows what was there, a frame is painted whole. */
function paint(
  pixels: Pixels,
  steps: readonly PlacedStep[],
  { rect: area, from }: ReturnType<typeof wholeDamage>,
): void {
  if (from === -1) eachIn(area, area, (at) => pixels.fill('background', at, at + 1))
  for (const { id, rect: place, isWhole, isOpaque } of steps.slice(Math.max(0, from))) {
    const overlap =
      place.x < area.x + area.width &&
      area.x < place.x + place.width &&
      place.y < area.y + area.height &&
      area.y < place.y + place.height
    if (!overlap) continue
    eachIn(place, isWhole ? PICTURE : area, (at) => pixels.fill(isOpaque ? id : `${pixels[at]}+${id}`, at, at + 1))
  }
}

function eachIn(a: Rect, b: Rect, visit: (at: number) => unknown): void {
  for (let y = Math.max(a.y, b.y, 0); y < Math.min(a.y + a.height, b.y + b.height, PICTURE.height); y++)
    for (let x = Math.max(a.x, b.x, 0); x < Math.min(a.x + a.width, b.x + b.width, PICTURE.width); x++)
      visit(y * PICTURE.width + x)
}
