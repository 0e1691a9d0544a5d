import type { PictureSample, TileSample } from '../../src/protocol/page-link.ts'
import type { FrameOf, ScenePlan } from '../scene/index.ts'
import type { PictureThumbs, Thumb } from './picture-thumbs.ts'

/**
 * Measures whether the picture shows what its sources show: compares thumbnails of each visible source, and of its tile in the
 * finished picture, with their last ones. Once a second this costs well under a hundredth of a core.
 */
export class PictureSampler {
  readonly #thumbs: PictureThumbs
  #sources = new Map<string, Thumb>()
  #tiles = new Map<string, Thumb>()

  constructor(thumbs: PictureThumbs) {
    this.#thumbs = thumbs
  }

  /** The plan and the frames are those of the picture that was composed last. */
  sample(plan: ScenePlan, frameOf: FrameOf): PictureSample {
    const sources = new Map<string, Thumb>()
    const tiles = new Map<string, Thumb>()
    const samples: TileSample[] = []
    for (const tile of plan.tiles) {
      const frame = tile.kind === 'source' ? frameOf(tile.sourceId) : undefined
      if (tile.kind !== 'source' || frame === undefined || tile.opacity < 1) continue
      const { sourceId } = tile
      const source = this.#thumbs.ofSource(sourceId, frame)
      if (source === undefined) continue
      const shown = this.#thumbs.ofPicture(tile.rect)
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
    const whole = this.#thumbs.ofPicture()
    return { luma: mean(whole), brightest: Math.max(...whole), tiles: samples }
  }
}

function mean(thumb: Thumb): number {
  return thumb.reduce((sum, luma) => sum + luma, 0) / thumb.length
}

/** The mean change of a point; 0 without a thumbnail before. */
function difference(thumb: Thumb, before: Thumb | undefined): number {
  if (before === undefined) return 0
  return thumb.reduce((sum, luma, i) => sum + Math.abs(luma - (before[i] ?? luma)), 0) / thumb.length
}
