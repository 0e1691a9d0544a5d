import { describe, expect, test } from 'vitest'
import { planScene } from '../../recorder-page/scene/plan/plan-scene.ts'
import { SceneAnimator, TRANSITION_MS } from '../../recorder-page/scene/plan/scene-animator.ts'
import type { ScenePlan } from '../../recorder-page/scene/plan/scene-plan.ts'
import type { LayoutName } from '../../src/protocol/index.ts'
import { emptyRoom } from '../../src/room/index.ts'
import { classOf, NOW } from './classes.ts'

function plan(name: LayoutName, count = 3): ScenePlan {
  const { sources } = classOf(count)
  return planScene({ room: emptyRoom(), sources, layout: { name }, size: { width: 1280, height: 720 }, nowMs: NOW })
}

const tile = (scene: ScenePlan, key: string) => scene.tiles.find((candidate) => candidate.key === key)

describe('the animator', () => {
  test('shows the first plan at once', () => {
    expect(new SceneAnimator().next(plan('grid'), 0)).toEqual(plan('grid'))
  })

  test('moves a tile to its new place within the transition, always on even pixels', () => {
    const animator = new SceneAnimator()
    const [from, to] = [plan('grid'), plan('speaker')]
    animator.next(from, 0)
    expect(tile(animator.next(to, 1000), 'source/s0')?.rect).toEqual(tile(from, 'source/s0')?.rect)
    const midway = tile(animator.next(to, 1000 + TRANSITION_MS / 3), 'source/s0')?.rect
    expect(midway?.width).toBeGreaterThan(tile(from, 'source/s0')?.rect.width ?? 0)
    expect(midway?.width).toBeLessThan(tile(to, 'source/s0')?.rect.width ?? 0)
    expect(Object.values(midway ?? {}).every((value) => value % 2 === 0)).toBe(true)
    expect(animator.next(to, 1000 + TRANSITION_MS)).toEqual(to)
  })

  test('turns around smoothly when the layout changes again on the way', () => {
    const animator = new SceneAnimator()
    animator.next(plan('grid'), 0)
    animator.next(plan('speaker'), 1000)
    const onTheWay = tile(animator.next(plan('speaker'), 1080), 'source/s0')?.rect
    expect(tile(animator.next(plan('grid'), 1080), 'source/s0')?.rect).toEqual(onTheWay)
    expect(animator.next(plan('grid'), 1080 + TRANSITION_MS)).toEqual(plan('grid'))
  })

  test('fades tiles in and out', () => {
    const animator = new SceneAnimator()
    animator.next(plan('grid', 3), 0)
    animator.next(plan('grid', 2), 1000)
    const going = tile(animator.next(plan('grid', 2), 1060), 'source/s2')?.opacity ?? 0
    expect(going).toBeGreaterThan(0)
    expect(going).toBeLessThan(1)
    expect(tile(animator.next(plan('grid', 2), 1000 + TRANSITION_MS), 'source/s2')).toBeUndefined()
    expect(tile(animator.next(plan('grid', 3), 2000), 'source/s2')?.opacity).toBe(0)
    expect(tile(animator.next(plan('grid', 3), 2000 + TRANSITION_MS), 'source/s2')?.opacity).toBe(1)
  })

  test('lets the ring of a voice go slowly', () => {
    const animator = new SceneAnimator()
    const speaking = plan('grid')
    const loud = { ...speaking, tiles: speaking.tiles.map((each) => ({ ...each, ring: 1 })) }
    animator.next(loud, 0)
    expect(animator.next(speaking, 200).tiles[0]?.ring).toBeCloseTo(0.6)
    expect(animator.next(speaking, 600).tiles[0]?.ring).toBe(0)
  })
})
