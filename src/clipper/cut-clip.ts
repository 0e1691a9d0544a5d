import type { FfmpegOptions } from '../media/index.ts'
import { AppError, type ClipRequest } from '../protocol/index.ts'
import { cutPictures } from './cut-pictures.ts'
import { cutSound, type Neighbours } from './cut-sound.ts'
import { writeMovieFile } from './movie-file.ts'
import { aacEntry, avcEntry } from './mp4/sample-entries.ts'
import type { ClipPlan } from './plan-cut.ts'
import type { CachedSegment } from './segment-cache.ts'
import { AAC_SAMPLES } from './ts/demux-segment.ts'

/** Units of the film's clock in a frame: the clock is exact for every whole rate. */
export const FRAME_UNITS = 1000

interface CutOptions extends Neighbours {
  readonly path: string
  readonly fps: number
  /** The creation time of the file. */
  readonly atMs: number
  readonly segments: readonly CachedSegment[]
  readonly ffmpeg: FfmpegOptions
}

/** A clip on the disk, not verified yet. */
export interface FinishedClip {
  readonly path: string
  readonly bytes: number
  /** Undefined when it has no sound. */
  readonly sampleRate: number | undefined
}

/**
 * Writes the clip: copied pictures and those encoded again as one track, sound that begins with the first picture by an edit
 * list. Errors: `clip.wrong-media`, `ffmpeg.failed`, `ffmpeg.not-found`, `spool.disk-full`.
 */
export async function cutClip(plan: ClipPlan, options: CutOptions): Promise<FinishedClip> {
  const { path, fps, segments, before, after, ffmpeg } = options
  const [pictures, sound] = await Promise.all([
    cutPictures(plan, segments, { ...ffmpeg, fps }),
    cutSound(plan, { segments, before, after }, { ...ffmpeg, fps }),
  ])
  const { width, height } = pictures.sps
  const bytes = await writeMovieFile({
    path,
    createdAt: new Date(options.atMs),
    picture: {
      timescale: fps * FRAME_UNITS,
      entry: avcEntry(pictures.sets, pictures.sps),
      durations: plan.pictures.map(
        ({ frame }, i) => ((plan.pictures[i + 1]?.frame ?? plan.frames) - frame) * FRAME_UNITS,
      ),
      samples: pictures.samples,
      keys: pictures.keys,
      width,
      height,
    },
    sound: sound && {
      timescale: sound.format.sampleRate,
      entry: aacEntry(sound.format),
      durations: sound.samples.map(() => AAC_SAMPLES),
      samples: sound.samples,
      skip: sound.skip,
    },
  })
  return { path, bytes, sampleRate: sound?.format.sampleRate }
}

/** Throws `highlight.no-media` for a plan without a picture. */
export function assertHasMedia(plan: ClipPlan, { fromMs, toMs }: Pick<ClipRequest, 'fromMs' | 'toMs'>): void {
  if (plan.pictures.length > 0) return
  const range = `${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`
  throw new AppError('highlight.no-media', `The segments have no picture from ${range}`)
}
