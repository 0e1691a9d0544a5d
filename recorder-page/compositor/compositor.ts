import type { FrameOf, ScenePlan } from '../scene/index.ts'
import type { PictureThumbs } from './picture-thumbs.ts'

export interface PictureTime {
  /** Media time of the take, microseconds. */
  readonly timestampUs: number
  readonly durationUs: number
  /** The page's clock, for what moves by itself. */
  readonly nowMs: number
}

/** Turns a scene and the newest frame of each source into one picture. The caller closes the picture. */
export interface Compositor {
  readonly thumbs: PictureThumbs
  compose(plan: ScenePlan, frameOf: FrameOf, time: PictureTime): VideoFrame
}
