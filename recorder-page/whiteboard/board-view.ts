import type { BoardElement } from '../../src/protocol/board.ts'
import { drawingOrder, type RoomBoardPage } from '../../src/room/index.ts'
import { overlaps, type Rect, type Size } from '../drawing/geometry.ts'
import { type Layer, penOf } from '../drawing/layer.ts'
import { BoardImages, type BoardImagesOptions } from './board-images.ts'
import { type BoardTransform, boundsOf, fitBoard, toPixels, unite } from './bounds.ts'
import { drawElement } from './draw-element.ts'
import { drawPaper } from './paper.ts'

interface Surface {
  readonly size: Size
  readonly transform: BoardTransform
  readonly canvas: OffscreenCanvas
  readonly paper: OffscreenCanvas
}

/** A page of the whiteboard as one layer. Its key changes exactly when its pixels do. */
export class BoardView implements Disposable {
  readonly #images: BoardImages
  #surface: Surface | null = null
  #page: RoomBoardPage | undefined
  #drawn = new Map<string, BoardElement>()
  #revision = 0
  /** Of the last revision. */
  #change: Layer['change']

  constructor(options: BoardImagesOptions = {}) {
    this.#images = new BoardImages(options)
  }

  /** The page at this size. Only the rectangle around what changed since the last call is drawn again. */
  render(page: RoomBoardPage | undefined, size: Size): Layer {
    const surface = this.#surfaceOf(size)
    const afresh = this.#revision === 0 || surface !== this.#surface || page?.id !== this.#page?.id
    this.#surface = surface
    const dirty = afresh ? { x: 0, y: 0, ...surface.size } : this.#dirty(page, surface)
    if (dirty !== null) {
      this.#change = afresh ? undefined : { since: this.#key, rect: dirty }
      this.#redraw(page, surface, dirty)
    }
    if (page !== this.#page) this.#remember(page)
    return { key: this.#key, canvas: surface.canvas, change: this.#change }
  }

  /** Makes the next call draw everything; for a change of fonts. */
  reset(): void {
    this.#surface = null
  }

  [Symbol.dispose](): void {
    this.#images[Symbol.dispose]()
  }

  get #key(): string {
    return `board|${this.#revision}`
  }

  #surfaceOf(size: Size): Surface {
    const known = this.#surface
    if (known !== null && known.size.width === size.width && known.size.height === size.height) return known
    const paper = new OffscreenCanvas(size.width, size.height)
    drawPaper(penOf(paper, { alpha: false }), size)
    const canvas = new OffscreenCanvas(size.width, size.height)
    return { size: { width: size.width, height: size.height }, transform: fitBoard(size), canvas, paper }
  }

  #dirty(page: RoomBoardPage | undefined, surface: Surface): Rect | null {
    let dirty: Rect | null = null
    const touch = (element: BoardElement | undefined) => {
      if (element === undefined) return
      dirty = unite(dirty, toPixels(boundsOf(element), surface.transform, surface.size))
    }
    if (page !== this.#page) {
      for (const [id, element] of page?.elements ?? []) {
        const before = this.#drawn.get(id)
        if (before === element) continue
        touch(before)
        touch(element)
      }
      for (const [id, element] of this.#drawn) if (!page?.elements.has(id)) touch(element)
    }
    const arrived = this.#images.takeArrived()
    if (arrived.size > 0) {
      for (const element of this.#drawn.values())
        if (element.kind === 'image' && arrived.has(element.url)) touch(element)
    }
    return dirty
  }

  #redraw(page: RoomBoardPage | undefined, { canvas, paper, transform, size }: Surface, dirty: Rect): void {
    const pen = penOf(canvas, { alpha: false })
    pen.save()
    pen.beginPath()
    pen.rect(dirty.x, dirty.y, dirty.width, dirty.height)
    pen.clip()
    pen.drawImage(paper, 0, 0)
    pen.setTransform(transform.scale, 0, 0, transform.scale, transform.x, transform.y)
    for (const element of page === undefined ? [] : drawingOrder(page)) {
      const place = toPixels(boundsOf(element), transform, size)
      if (place !== null && overlaps(place, dirty)) drawElement(pen, element, this.#images)
    }
    pen.restore()
    this.#revision += 1
  }

  #remember(page: RoomBoardPage | undefined): void {
    this.#page = page
    this.#drawn = new Map(page?.elements)
    const urls = [...this.#drawn.values()].flatMap((element) => (element.kind === 'image' ? [element.url] : []))
    this.#images.keepOnly(new Set(urls))
  }
}
