import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileNameOf } from '../archive/keys.ts'
import { type FfmpegOptions, makeStills } from '../media/index.ts'
import { groupStream, loadMedia, numberKept } from './group-stream.ts'
import type { ClipPlan, PlannedHead, PlannedPicture } from './plan-cut.ts'
import type { CachedSegment } from './segment-cache.ts'

/** Poster and preview of a clip as local files, before they are stored. */
export interface ClipStills {
  readonly posterPath: string
  readonly previewPath: string
}

interface StillsOptions {
  readonly segments: readonly CachedSegment[]
  readonly folder: string
  readonly fps: number
  readonly atMs: number
  readonly ffmpeg: FfmpegOptions
}

const PREVIEW_SEC = 3
const PREVIEW_MOST_BYTES = 500_000
/** The first quality whose preview is small enough is taken; pictures of a class are small at the first. */
const QUALITIES = [60, 30, 8] as const

/** Makes the picture of the moment and the moving one around it, out of the recording itself. Errors: `ffmpeg.failed`. */
export async function makeClipStills(plan: ClipPlan, options: StillsOptions): Promise<ClipStills> {
  const { segments, folder, fps, atMs, ffmpeg } = options
  const moment = findMoment(plan, atMs)
  const shown = plan.pictures.slice(...previewRange(plan, { moment, fps }))
  const groups = groupStretches(shown, segments)
  const mediaOf = await loadMedia(groups, segments)
  const keep = numberKept(groups)
  const posterPath = join(folder, fileNameOf('poster'))
  const previewPath = join(folder, fileNameOf('preview'))
  for (const quality of QUALITIES) {
    await makeStills(
      {
        input: () => groupStream(groups, mediaOf),
        fps,
        poster: { picture: numberOf(plan.pictures[moment], groups, keep), path: posterPath },
        preview: { keep, path: previewPath, quality },
      },
      ffmpeg,
    )
    if ((await stat(previewPath)).size < PREVIEW_MOST_BYTES) break
  }
  return { posterPath, previewPath }
}

/** Index of the picture that is seen at this time, or of the nearest one. */
function findMoment({ pictures }: ClipPlan, atMs: number): number {
  return Math.max(
    0,
    pictures.findLastIndex((picture) => picture.atMs <= atMs + 0.5),
  )
}

/** Indices of the pictures of three seconds around the moment, as far as the clip has them. */
function previewRange(
  { pictures, frames }: Pick<ClipPlan, 'pictures' | 'frames'>,
  { moment, fps }: { readonly moment: number; readonly fps: number },
): [from: number, end: number] {
  const length = Math.round(PREVIEW_SEC * fps)
  const middle = pictures[moment]?.frame ?? 0
  const first = Math.max(0, Math.min(middle - Math.floor(length / 2), frames - length))
  const from = pictures.findIndex(({ frame }) => frame >= first)
  const end = pictures.findLastIndex(({ frame }) => frame < first + length) + 1
  return [Math.min(from, moment), Math.max(end, moment + 1)]
}

/** Consecutive pictures of one segment, each stretch from the IDR picture that its decoding begins with. */
function groupStretches(pictures: readonly PlannedPicture[], segments: readonly CachedSegment[]): PlannedHead[] {
  const stretches: PlannedHead[] = []
  for (const { segment, picture } of pictures) {
    const open = stretches.at(-1)
    if (open !== undefined && open.segment === segment && open.end === picture) {
      stretches[stretches.length - 1] = { ...open, end: picture + 1 }
    } else {
      const from = segments[segment]?.pictures.findLastIndex(({ idr }, i) => idr && i <= picture) ?? picture
      stretches.push({ segment, from, first: picture, end: picture + 1 })
    }
  }
  return stretches
}

function numberOf(
  picture: PlannedPicture | undefined,
  groups: readonly PlannedHead[],
  keep: readonly { readonly first: number }[],
): number {
  const index = groups.findIndex(
    ({ segment, first, end }) => segment === picture?.segment && first <= picture.picture && picture.picture < end,
  )
  return (keep[index]?.first ?? 0) + (picture?.picture ?? 0) - (groups[index]?.first ?? 0)
}
