import type { Rect } from '../drawing/geometry.ts'

/** Coarse enough to cost nothing, fine enough to see a face move. */
export const THUMB = { width: 16, height: 9 }

/** Luma of each point, row by row, 0 to 255 (ITU-R BT.709, full range). */
export type Thumb = Float32Array<ArrayBuffer>

/** Points of what was composed last. */
export interface PictureThumbs {
  /** Of a source that was shown with this frame; undefined where the compositor has none of it. */
  ofSource(sourceId: string, frame: VideoFrame): Thumb | undefined
  /** Of the picture, or of a part of it. */
  ofPicture(region?: Rect): Thumb
}
