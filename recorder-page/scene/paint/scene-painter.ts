import type { Rect, Size } from '../../drawing/geometry.ts'
import { LayerCache, type Pen } from '../../drawing/layer.ts'
import { COLORS } from '../../drawing/tokens.ts'
import { scaleOf, typeScaleOf } from '../../drawing/type.ts'
import { type BoardImagesOptions, BoardView } from '../../whiteboard/index.ts'
import type { ScenePlan } from '../plan/scene-plan.ts'
import { fitFrame } from './fit-frame.ts'
import { type FrameStep, type LayerStep, type PaintStep, paintSteps } from './paint-steps.ts'

/** The newest frame of a source; the caller owns and closes it. */
export type FrameOf = (sourceId: string) => VideoFrame | undefined

/** Draws plans into a canvas. What does not change from picture to picture is drawn once and cached. */
export class ScenePainter implements Disposable {
  readonly #size: Size
  readonly #cache = new LayerCache()
  readonly #board: BoardView

  constructor(size: Size, options: BoardImagesOptions = {}) {
    this.#size = size
    this.#board = new BoardView(options)
  }

  /** The plan as steps with ready layers: what `paint` works through, for another compositor to do so. */
  steps(plan: ScenePlan, nowMs: number): PaintStep[] {
    const style = { cache: this.#cache, scale: scaleOf(this.#size), typeScale: typeScaleOf(this.#size) }
    const steps = paintSteps(plan, style, this.#board)
    this.#cache.sweep(nowMs)
    return steps
  }

  /** Draws the whole picture. A source without a frame is left as an empty tile. */
  paint(pen: Pen, plan: ScenePlan, frameOf: FrameOf, nowMs: number): void {
    pen.globalAlpha = 1
    pen.fillStyle = COLORS.background
    pen.fillRect(0, 0, this.#size.width, this.#size.height)
    for (const step of this.steps(plan, nowMs)) paintStep(pen, step, frameOf)
    pen.globalAlpha = 1
  }

  /** Drops all cached layers, for when fonts have loaded. */
  refresh(): void {
    this.#cache.clear()
    this.#board.reset()
  }

  [Symbol.dispose](): void {
    this.#cache.clear()
    this.#board[Symbol.dispose]()
  }
}

function paintStep(pen: Pen, step: PaintStep, frameOf: FrameOf): void {
  pen.globalAlpha = step.opacity
  if (step.clipRadius > 0) {
    pen.save()
    pen.beginPath()
    pen.roundRect(step.rect.x, step.rect.y, step.rect.width, step.rect.height, step.clipRadius)
    pen.clip()
  }
  if (step.kind === 'layer') paintLayer(pen, step)
  else paintFrame(pen, step, frameOf(step.sourceId))
  if (step.clipRadius > 0) pen.restore()
}

function paintLayer(pen: Pen, { layer, rect }: LayerStep): void {
  const { canvas } = layer
  if (canvas.width === rect.width && canvas.height === rect.height) pen.drawImage(canvas, rect.x, rect.y)
  else pen.drawImage(canvas, rect.x, rect.y, rect.width, rect.height)
}

function paintFrame(pen: Pen, step: FrameStep, frame: VideoFrame | undefined): void {
  const { rect } = step
  if (frame === undefined) {
    pen.fillStyle = COLORS.tile
    pen.fillRect(rect.x, rect.y, rect.width, rect.height)
    return
  }
  const size = { width: frame.displayWidth, height: frame.displayHeight }
  const { from, to } = fitFrame(size, rect, step.fit)
  pen.fillStyle = COLORS.tile
  for (const bar of barsOf(rect, to)) pen.fillRect(bar.x, bar.y, bar.width, bar.height)
  if (hasAlpha(frame)) pen.fillRect(to.x, to.y, to.width, to.height)
  pen.drawImage(frame, from.x, from.y, from.width, from.height, to.x, to.y, to.width, to.height)
}

/** What of a tile its frame leaves free. */
function barsOf(rect: Rect, { x, y, width, height }: Rect): Rect[] {
  const [right, bottom] = [rect.x + rect.width, rect.y + rect.height]
  return [
    { x: rect.x, y: rect.y, width: rect.width, height: y - rect.y },
    { x: rect.x, y: y + height, width: rect.width, height: bottom - y - height },
    { x: rect.x, y, width: x - rect.x, height },
    { x: x + width, y, width: right - x - width, height },
  ].filter((bar) => bar.width > 0 && bar.height > 0)
}

function hasAlpha({ format }: VideoFrame): boolean {
  return format?.endsWith('A') === true
}
