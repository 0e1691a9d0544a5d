import type { VideoSettings } from '../../src/protocol/video.ts'

export interface EncodeRequest {
  /** Where the raw pictures are, I420. */
  readonly url: string
  readonly video: VideoSettings
  /** A key frame begins every so many pictures. */
  readonly cutEvery: number
  /** False: the bit rate is always that of `video`. */
  readonly isSteered: boolean
}
