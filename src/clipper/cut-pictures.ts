import { parseSps, type Sps } from '../h264/index.ts'
import { encodePictures, type FfmpegOptions } from '../media/index.ts'
import { AppError } from '../protocol/index.ts'
import { groupStream, loadMedia, numberKept } from './group-stream.ts'
import { sampleSize } from './h264/nal-units.ts'
import type { ParameterSets } from './h264/set-table.ts'
import { type EncodedPicture, splitPictures } from './h264/split-pictures.ts'
import type { Sample } from './movie-file.ts'
import type { ClipPlan } from './plan-cut.ts'
import type { CachedSegment } from './segment-cache.ts'

/** The pictures of a clip as samples, and what a decoder needs to know before the first. */
interface CutPictures {
  readonly samples: readonly Sample[]
  /** Indices of the samples that are IDR pictures. */
  readonly keys: readonly number[]
  readonly sets: ParameterSets
  readonly sps: Sps
}

/** Copies what can be copied and encodes the rest, all of it in one FFmpeg. Errors: `clip.wrong-media`, `ffmpeg.failed`. */
export async function cutPictures(
  plan: ClipPlan,
  segments: readonly CachedSegment[],
  options: FfmpegOptions & { readonly fps: number },
): Promise<CutPictures> {
  const sps = shapeOf(plan, segments)
  const encoded = await encodeHeads(plan, segments, { ...options, sps })
  let next = 0
  const keys: number[] = []
  const samples = plan.pictures.map((planned, i): Sample => {
    const segment = segments[planned.segment]
    if (planned.encoded) {
      const picture = encoded[next++]
      if (picture?.idr) keys.push(i)
      const units = picture?.units ?? []
      return { size: sampleSize(units), units: async () => units }
    }
    if (segment?.pictures[planned.picture]?.idr) keys.push(i)
    return {
      size: segment?.sizes[planned.picture] ?? 0,
      units: async () => (await segment?.media())?.pictures[planned.picture]?.units ?? [],
    }
  })
  return { samples, keys, sets: plan.sets.sets, sps }
}

/** Size, level and colours of the clip: those of the pictures that are copied, or of the first one when none is. */
function shapeOf(plan: ClipPlan, segments: readonly CachedSegment[]): Sps {
  const [head] = plan.heads
  const source = head && segments[head.segment]?.pictures[head.from]?.sets
  const unit = plan.sets.sets.sps[0] ?? source?.sps[0]
  if (unit === undefined) throw new AppError('clip.wrong-media', 'The first picture has no parameter sets')
  return parseSps(unit)
}

async function encodeHeads(
  plan: ClipPlan,
  segments: readonly CachedSegment[],
  options: FfmpegOptions & { readonly fps: number; readonly sps: Sps },
): Promise<readonly EncodedPicture[]> {
  if (plan.heads.length === 0) return []
  const setId = plan.sets.freeId()
  if (setId === undefined) throw new AppError('clip.wrong-media', 'Every id of a parameter set is taken')
  const input = groupStream(plan.heads, await loadMedia(plan.heads, segments))
  const keep = numberKept(plan.heads)
  const { fps, sps } = options
  const stream = await encodePictures({ input, keep, fps, like: sps, setId }, options)
  const { pictures, sets } = splitPictures(stream)
  const expected = plan.heads.reduce((sum, { first, end }) => sum + end - first, 0)
  if (pictures.length !== expected || !plan.sets.add(sets)) {
    throw new AppError('clip.wrong-media', `${pictures.length} pictures were encoded instead of ${expected}`, {
      details: { expected, found: pictures.length },
    })
  }
  return pictures
}
