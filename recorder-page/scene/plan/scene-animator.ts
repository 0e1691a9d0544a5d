import { evenRect, type Rect, type Size } from '../../drawing/geometry.ts'
import type { Overlay, ScenePlan, Tile } from './scene-plan.ts'

export const TRANSITION_MS = 150
const RING_ATTACK_MS = 80
const RING_RELEASE_MS = 500

interface Motion<T> {
  readonly item: T
  readonly fromRect: Rect
  readonly fromOpacity: number
  readonly toOpacity: number
  readonly startMs: number
}

type Movable = { readonly key: string; readonly rect: Rect; readonly opacity: number }

/**
 * Eases tiles and overlays from each plan to the next over `TRANSITION_MS`: position and opacity. It reads no clock; the first
 * plan, and the first of another size, are shown at once.
 */
export class SceneAnimator {
  readonly #tiles = new Track<Tile>()
  readonly #overlays = new Track<Overlay>()
  readonly #rings = new Map<string, { readonly level: number; readonly atMs: number }>()
  #size: Size | null = null

  /** The plan at this moment of its transition. Called once per picture, with a time that never goes back. */
  next(plan: ScenePlan, nowMs: number): ScenePlan {
    const cut = this.#size?.width !== plan.size.width || this.#size.height !== plan.size.height
    this.#size = plan.size
    const tiles = this.#tiles.next(plan.tiles, { nowMs, cut })
    const rings = new Map(plan.tiles.map((tile) => [tile.key, this.#ring(tile, nowMs)]))
    this.#rings.clear()
    for (const [key, level] of rings) this.#rings.set(key, { level, atMs: nowMs })
    return {
      size: plan.size,
      tiles: tiles.map((tile) => ({ ...tile, ring: rings.get(tile.key) ?? 0 })),
      overlays: this.#overlays.next(plan.overlays, { nowMs, cut }),
    }
  }

  /** The speaking ring appears fast and fades slowly, so that pauses between words do not flicker. */
  #ring(tile: Tile, nowMs: number): number {
    const last = this.#rings.get(tile.key)
    if (last === undefined) return tile.ring
    const passedMs = nowMs - last.atMs
    return tile.ring > last.level
      ? Math.min(tile.ring, last.level + passedMs / RING_ATTACK_MS)
      : Math.max(tile.ring, last.level - passedMs / RING_RELEASE_MS)
  }
}

/** The motions of one list, by key. */
class Track<T extends Movable> {
  #motions = new Map<string, Motion<T>>()

  next(items: readonly T[], { nowMs, cut }: { nowMs: number; cut: boolean }): T[] {
    const motions = new Map<string, Motion<T>>()
    if (!cut) {
      for (const [key, motion] of this.#motions) {
        const leaving = leave(motion, nowMs)
        if (leaving !== null && !items.some((item) => item.key === key)) motions.set(key, leaving)
      }
    }
    for (const item of items) motions.set(item.key, cut ? rest(item) : follow(item, this.#motions.get(item.key), nowMs))
    this.#motions = motions
    return [...motions.values()].map((motion) => at(motion, nowMs))
  }
}

function rest<T extends Movable>(item: T): Motion<T> {
  return { item, fromRect: item.rect, fromOpacity: item.opacity, toOpacity: item.opacity, startMs: -Infinity }
}

/** Continues the motion to the item; a new target starts it again from the present place. */
function follow<T extends Movable>(item: T, motion: Motion<T> | undefined, nowMs: number): Motion<T> {
  if (motion === undefined) {
    return { item, fromRect: item.rect, fromOpacity: 0, toOpacity: item.opacity, startMs: nowMs }
  }
  const sameTarget = sameRect(motion.item.rect, item.rect) && motion.toOpacity === item.opacity
  if (sameTarget) return { ...motion, item }
  const now = at(motion, nowMs)
  return { item, fromRect: now.rect, fromOpacity: now.opacity, toOpacity: item.opacity, startMs: nowMs }
}

function leave<T extends Movable>(motion: Motion<T>, nowMs: number): Motion<T> | null {
  if (motion.toOpacity === 0) return nowMs - motion.startMs < TRANSITION_MS ? motion : null
  const now = at(motion, nowMs)
  return {
    item: { ...motion.item, rect: now.rect },
    fromRect: now.rect,
    fromOpacity: now.opacity,
    toOpacity: 0,
    startMs: nowMs,
  }
}

function at<T extends Movable>({ item, fromRect, fromOpacity, toOpacity, startMs }: Motion<T>, nowMs: number): T {
  const progress = easeOut(Math.min(1, Math.max(0, (nowMs - startMs) / TRANSITION_MS)))
  if (progress === 1) return item.opacity === toOpacity ? item : { ...item, opacity: toOpacity }
  const between = (from: number, to: number) => from + (to - from) * progress
  const rect = evenRect({
    x: between(fromRect.x, item.rect.x),
    y: between(fromRect.y, item.rect.y),
    width: between(fromRect.width, item.rect.width),
    height: between(fromRect.height, item.rect.height),
  })
  return { ...item, rect, opacity: between(fromOpacity, toOpacity) }
}

function easeOut(progress: number): number {
  return 1 - (1 - progress) ** 3
}

function sameRect(a: Rect, b: Rect): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height
}
