import type { Rect, Size } from '../../drawing/geometry.ts'
import {
  type FrameOf,
  type FrameStep,
  type LayerStep,
  type PaintStep,
  ScenePainter,
  type ScenePlan,
} from '../../scene/index.ts'
import type { Compositor, PictureTime } from '../compositor.ts'
import { PICTURE_COLOURS } from './colour.ts'
import { type Damage, findDamage, intersect, type PlacedStep, wholeDamage } from './damage.ts'
import { FrameIntake } from './frame-intake.ts'
import type { Kernels } from './kernels/kernels.ts'
import { LayerRasters } from './layer-rasters.ts'
import { PlaneThumbs } from './plane-thumbs.ts'
import { wholeOf } from './plane-work.ts'
import { evenAround, type Planes, takePlanes } from './planes.ts'
import { StepPainter } from './step-painter.ts'

interface ReadyStep extends PlacedStep {
  /** Paints what of it lies in a rectangle; all of it where it can only be painted whole. */
  readonly paint: (within: Rect) => void
}

interface PlanarOptions {
  readonly size: Size
  readonly kernels: Kernels
  /** Called with each board image that cannot be shown, and with the first frame that cannot be read. */
  readonly onError: (error: Error) => void
}

/** Composes planes of 4:2:0 by kernels, and only where the picture changed. Its pictures are BT.709 of limited range, all of them. */
export class PlanarCompositor implements Compositor {
  readonly thumbs: PlaneThumbs
  readonly #size: Size
  readonly #kernels: Kernels
  readonly #scene: ScenePainter
  readonly #picture: Planes
  readonly #rasters: LayerRasters
  readonly #intake: FrameIntake
  readonly #painter: StepPainter
  #before: readonly PlacedStep[] | undefined

  constructor({ size, kernels, onError }: PlanarOptions) {
    this.#size = size
    this.#kernels = kernels
    this.#scene = new ScenePainter(size, { onError })
    this.#picture = takePlanes(kernels, size)
    this.#rasters = new LayerRasters(kernels)
    const onUnreadable = onlyFirst(onError)
    this.#intake = new FrameIntake(kernels, onUnreadable)
    this.#painter = new StepPainter(kernels, this.#picture, this.#rasters)
    this.thumbs = new PlaneThumbs({ kernels, picture: this.#picture, intake: this.#intake, onError: onUnreadable })
  }

  compose(plan: ScenePlan, frameOf: FrameOf, time: PictureTime): VideoFrame {
    const steps = this.#scene.steps(plan, time.nowMs).flatMap((step) => this.#ready(step, frameOf, time.nowMs))
    const whole = wholeOf(this.#size)
    const damage = this.#before === undefined ? [wholeDamage(steps, whole)] : findDamage(this.#before, steps, whole)
    this.#before = steps
    for (const part of damage) this.#paint(part, steps)
    this.#rasters.sweep(time.nowMs)
    this.#intake.sweep(time.nowMs)
    return this.#frame(time)
  }

  #ready(step: PaintStep, frameOf: FrameOf, nowMs: number): ReadyStep[] {
    if (step.opacity <= 0) return []
    return [step.kind === 'layer' ? this.#readyLayer(step, nowMs) : this.#readyFrame(step, frameOf, nowMs)]
  }

  #readyLayer(step: LayerStep, nowMs: number): ReadyStep {
    const { layer, rect, opacity, clipRadius } = step
    const raster = this.#rasters.get(layer, step, nowMs)
    const place = `${rect.x},${rect.y}|${opacity}`
    const change = this.#rasters.changeOf(layer, step)
    return {
      id: `${raster.key}|${place}`,
      rect: intersect(evenAround(rect), wholeOf(this.#size)),
      change: change === undefined ? undefined : { since: `${change.since}|${place}`, rect: change.rect },
      isWhole: false,
      isOpaque: raster.isOpaque && opacity >= 1 && clipRadius === 0,
      paint: (within) => this.#painter.layer(raster, opacity, within),
    }
  }

  #readyFrame(step: FrameStep, frameOf: FrameOf, nowMs: number): ReadyStep {
    const { sourceId, rect, opacity, clipRadius, fit } = step
    const frame = frameOf(sourceId)
    const staged = frame === undefined ? undefined : this.#intake.take(sourceId, frame, nowMs)
    const place = `${rect.x},${rect.y},${rect.width}x${rect.height}|${opacity}|${clipRadius}|${fit}`
    return {
      id: `frame|${sourceId}|${staged?.content}|${place}`,
      rect: intersect(rect, wholeOf(this.#size)),
      isWhole: true,
      isOpaque: opacity >= 1 && clipRadius === 0,
      paint: () => this.#painter.frame(step, staged, nowMs),
    }
  }

  #paint({ rect, from }: Damage, steps: readonly ReadyStep[]): void {
    if (from === -1) this.#painter.clear(rect)
    for (const step of steps.slice(Math.max(0, from))) {
      const within = intersect(step.rect, rect)
      if (within.width > 0 && within.height > 0) step.paint(within)
    }
  }

  #frame({ timestampUs, durationUs }: PictureTime): VideoFrame {
    const { at, length, y, u, v, stride, strideC } = this.#picture
    return new VideoFrame(this.#kernels.bytes.subarray(at, at + length), {
      format: 'I420',
      codedWidth: this.#size.width,
      codedHeight: this.#size.height,
      timestamp: timestampUs,
      duration: durationUs,
      colorSpace: PICTURE_COLOURS,
      layout: [
        { offset: y - at, stride },
        { offset: u - at, stride: strideC },
        { offset: v - at, stride: strideC },
      ],
    })
  }
}

/** A source that cannot be read would say so at every frame. */
function onlyFirst(onError: (error: Error) => void): (thrown: unknown) => void {
  let isTold = false
  return (thrown) => {
    if (isTold) return
    isTold = true
    onError(thrown instanceof Error ? thrown : new Error(String(thrown)))
  }
}
