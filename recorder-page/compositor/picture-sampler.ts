import type { PictureSample, TileSample } from '../../src/protocol/page-link.ts'
import type { FrameOf, ScenePlan } from '../scene/index.ts'

/** Coarse enough to cost nothing, fine enough to see a face move. */
const WIDTH = 16
const HEIGHT = 9

type Thumb = Float32Array<ArrayBuffer>
interface Region {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * Measures whether the picture shows what its sources show: compares thumbnails of 16 × 9 of each visible source, and of its
 * tile in the finished picture, with their last ones. Once a second this costs well under a hundredth of a core.
 */
export class PictureSampler {
  readonly #context: OffscreenCanvasRenderingContext2D
  #sources = new Map<string, Thumb>()
  #tiles = new Map<string, Thumb>()

  constructor() {
    const context = new OffscreenCanvas(WIDTH, HEIGHT).getContext('2d', { alpha: false, willReadFrequently: true })
    if (context === null) throw new Error('Chrome gives no 2D canvas')
    this.#context = context
  }

  /** The frames are those that the plan was drawn with, into this picture. */
  sample(picture: VideoFrame, plan: ScenePlan, frameOf: FrameOf): PictureSample {
    const sources = new Map<string, Thumb>()
    const tiles = new Map<string, Thumb>()
    const samples: TileSample[] = []
    for (const tile of plan.tiles) {
      const frame = tile.kind === 'source' ? frameOf(tile.sourceId) : undefined
      if (tile.kind !== 'source' || frame === undefined || tile.opacity < 1) continue
      const { sourceId } = tile
      const source = this.#thumb(frame)
      const shown = this.#thumb(picture, tile.rect)
      sources.set(sourceId, source)
      tiles.set(sourceId, shown)
      samples.push({
        sourceId,
        sourceLuma: mean(source),
        sourceMotion: difference(source, this.#sources.get(sourceId)),
        tileMotion: difference(shown, this.#tiles.get(sourceId)),
      })
    }
    this.#sources = sources
    this.#tiles = tiles
    const whole = this.#thumb(picture)
    return { luma: mean(whole), brightest: Math.max(...whole), tiles: samples }
  }

  #thumb(image: VideoFrame, region?: Region): Thumb {
    if (region === undefined) this.#context.drawImage(image, 0, 0, WIDTH, HEIGHT)
    else {
      const { x, y, width, height } = region
      this.#context.drawImage(image, x, y, width, height, 0, 0, WIDTH, HEIGHT)
    }
    const { data } = this.#context.getImageData(0, 0, WIDTH, HEIGHT)
    return Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => lumaOf(data, 4 * i))
  }
}

/** ITU-R BT.709, of full range. */
function lumaOf(data: Uint8ClampedArray, at: number): number {
  return 0.2126 * (data[at] ?? 0) + 0.7152 * (data[at + 1] ?? 0) + 0.0722 * (data[at + 2] ?? 0)
}

function mean(thumb: Thumb): number {
  return thumb.reduce((sum, luma) => sum + luma, 0) / thumb.length
}

/** The mean change of a point; 0 without a thumbnail before. */
function difference(thumb: Thumb, before: Thumb | undefined): number {
  if (before === undefined) return 0
  return thumb.reduce((sum, luma, i) => sum + Math.abs(luma - (before[i] ?? luma)), 0) / thumb.length
}
