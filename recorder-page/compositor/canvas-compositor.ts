import type { Size } from '../drawing/geometry.ts'
import { type FrameOf, ScenePainter, type ScenePlan } from '../scene/index.ts'
import { CanvasThumbs } from './canvas-thumbs.ts'
import type { Compositor, PictureTime } from './compositor.ts'

/** The straightforward compositor: everything is painted in RGB on one canvas, whose pictures are of full range. */
export class CanvasCompositor implements Compositor {
  readonly thumbs: CanvasThumbs
  readonly #canvas: OffscreenCanvas
  readonly #context: OffscreenCanvasRenderingContext2D
  readonly #painter: ScenePainter

  /** `onError` is called with each board image that cannot be shown. */
  constructor(size: Size, onError: (error: Error) => void) {
    this.#canvas = new OffscreenCanvas(size.width, size.height)
    const context = this.#canvas.getContext('2d', { alpha: false })
    if (context === null) throw new Error('Chrome gives no 2D canvas')
    this.#context = context
    this.thumbs = new CanvasThumbs(this.#canvas)
    this.#painter = new ScenePainter(size, { onError })
  }

  compose(plan: ScenePlan, frameOf: FrameOf, time: PictureTime): VideoFrame {
    this.#painter.paint(this.#context, plan, frameOf, time.nowMs)
    return new VideoFrame(this.#canvas, { timestamp: time.timestampUs, duration: time.durationUs, alpha: 'discard' })
  }
}
