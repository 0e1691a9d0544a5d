import type { ErrorInfo } from './problem.ts'
import type { StoreLocation } from './recorder.ts'

/** One stored segment that a clip needs; times are wall time, epoch milliseconds. */
export interface ClipSegment {
  /** Relative to the recording's folder. */
  readonly uri: string
  readonly take: number
  /** Wall time of the segment's first picture. */
  readonly startMs: number
  readonly durationSec: number
  /** True when its timestamps do not continue those of the segment before. */
  readonly discontinuity: boolean
  /** Wall time from which a later take has the pictures; those of this segment are left out. */
  readonly endMs?: number
}

/** Everything that the clip function needs, in one JSON document: it reads no setting, no database and no API. */
export interface ClipRequest {
  readonly highlightId: string
  readonly recordingId: string
  readonly traceId: string
  readonly store: StoreLocation
  /** Wall time of the moment, whose picture becomes the poster. */
  readonly atMs: number
  /** The clip has every stored picture with `fromMs <= time < toMs`. */
  readonly fromMs: number
  readonly toMs: number
  /** The segments that overlap the range, in order. */
  readonly segments: readonly ClipSegment[]
  readonly video: { readonly width: number; readonly height: number; readonly fps: number }
  readonly ffmpegPath?: string
  readonly logLevel: string
}

/** What was made and verified; it lies at `<recording>/highlights/<id>/` in the store. */
export interface ClipResult {
  /** Length of `clip.mp4`, seconds. */
  readonly durationSec: number
  readonly frames: number
  readonly bytes: number
  /** Wall time of the first picture and of the end of the last one, epoch milliseconds. */
  readonly firstMs: number
  readonly endMs: number
  /** Pictures that were encoded again, to begin on the asked one. */
  readonly encodedFrames: number
}

/** A recap is encoded anew: longer than two hours it would hold up every clip behind it. */
export const MOST_RECAP_SEC = 7200

/** One film of stored clips. */
export interface RecapJob {
  readonly recapId: string
  readonly recordingId: string
  readonly traceId: string
  readonly store: StoreLocation
  readonly title: string | null
  /** The clips in the order of the film. */
  readonly clips: readonly { readonly highlightId: string; readonly label: string | null; readonly at: string }[]
  readonly titles: boolean
  readonly crossfadeSec: number
  readonly video: { readonly width: number; readonly height: number; readonly fps: number }
  readonly ffmpegPath?: string
  readonly logLevel: string
}
/** `outputs/<recap id>.mp4` is stored and verified. */
export interface RecapResult {
  readonly durationSec: number
  readonly bytes: number
}

/** What a clip function process is handed, and the one thing that it answers with. */
export type ClipperRequest =
  | { readonly type: 'clip'; readonly clip: ClipRequest }
  | { readonly type: 'recap'; readonly recap: RecapJob }
export type ClipperEvent =
  | { readonly type: 'clip'; readonly result: ClipResult }
  | { readonly type: 'recap'; readonly result: RecapResult }
  | { readonly type: 'failed'; readonly error: ErrorInfo }
