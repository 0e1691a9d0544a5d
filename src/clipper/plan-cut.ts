import { TICKS_PER_SEC } from '../mpegts/index.ts'
import type { ClipSegment } from '../protocol/index.ts'
import { type ParameterSets, SetTable } from './h264/set-table.ts'

/** A listed segment and the pictures that it turned out to hold; the first is an IDR picture with its sets. */
export interface PlanSegment extends Omit<ClipSegment, 'uri'> {
  readonly pictures: readonly {
    readonly pts: number
    readonly idr: boolean
    readonly sets: ParameterSets | undefined
  }[]
}

export interface PlannedPicture {
  /** Index of its segment, and of the picture in it. */
  readonly segment: number
  readonly picture: number
  /** When it is shown in the clip, in frames. */
  readonly frame: number
  /** Wall time, epoch milliseconds. */
  readonly atMs: number
  /** True when it is encoded again, false when its bytes are copied. */
  readonly encoded: boolean
}

/** Pictures of one group that are encoded again: decoded from `from` on, kept from `first` to before `end`. */
export interface PlannedHead {
  readonly segment: number
  readonly from: number
  readonly first: number
  readonly end: number
}

/** Pictures that followed each other in the recording. Runs follow each other in the clip without a pause. */
interface PlannedRun {
  readonly firstPts: number
  readonly firstFrame: number
  /** Length in the clip, holes included. */
  readonly frames: number
  /** Indices of its segments. */
  readonly segments: readonly number[]
}

export interface ClipPlan {
  readonly runs: readonly PlannedRun[]
  readonly pictures: readonly PlannedPicture[]
  readonly heads: readonly PlannedHead[]
  /** Length of the clip. */
  readonly frames: number
  /** The parameter sets of the pictures that are copied. */
  readonly sets: SetTable
}

/** Wall time, epoch milliseconds; `toMs` is not in it. */
interface ClipRange {
  readonly fromMs: number
  readonly toMs: number
  readonly fps: number
}

/** Wall times are whole milliseconds, times of pictures are not. */
const HALF_MS = 0.5
/** How far wall time and timestamps of two consecutive segments may differ: rounding, and a clock that was set. */
const SAME_CLOCK_MS = 40

/**
 * Which pictures a clip has, which of them are copied, and when each is shown: those with `fromMs <= time < toMs`, on a
 * grid of frames on which the holes of the recording stay. Only groups that the clip enters behind their IDR picture, or
 * whose parameter sets clash with those of an earlier group, are encoded again.
 */
export function planCut(segments: readonly PlanSegment[], range: ClipRange): ClipPlan {
  const sets = new SetTable()
  const heads: PlannedHead[] = []
  const pictures: PlannedPicture[] = []
  const runs: PlannedRun[] = []
  let firstFrame = 0
  for (const run of splitRuns(segments, range.fps)) {
    const groups = run.flatMap((index) => chooseGroups(segments, index, range))
    const chosen = groups.flatMap((group) => {
      const encoded = group.first > group.from || !sets.add(group.sets)
      if (encoded) heads.push({ segment: group.segment, from: group.from, first: group.first, end: group.end })
      return indices(group.first, group.end).map((picture) => ({ segment: group.segment, picture, encoded }))
    })
    const timed = placeOnGrid(segments, chosen, { fps: range.fps, firstFrame })
    const [first, last] = [timed[0], timed.at(-1)]
    if (first === undefined || last === undefined) continue
    const frames = last.frame + 1 - firstFrame
    const firstPts = segments[first.segment]?.pictures[first.picture]?.pts ?? 0
    runs.push({ firstPts, firstFrame, frames, segments: run })
    pictures.push(...timed)
    firstFrame += frames
  }
  return { runs, pictures, heads, frames: firstFrame, sets }
}

/** Wall time of a picture, epoch milliseconds: that of its segment's first one and the timestamps' difference. */
function wallMsOf(segment: PlanSegment, picture: number): number {
  const first = segment.pictures[0]?.pts ?? 0
  return segment.startMs + (((segment.pictures[picture]?.pts ?? first) - first) * 1000) / TICKS_PER_SEC
}

/** Indices of segments that continue each other. */
function splitRuns(segments: readonly PlanSegment[], fps: number): number[][] {
  const runs: number[][] = []
  segments.forEach((segment, i) => {
    const before = segments[i - 1]
    const run = runs.at(-1)
    if (before !== undefined && run !== undefined && continues(before, segment, fps)) run.push(i)
    else runs.push([i])
  })
  return runs
}

function continues(before: PlanSegment, segment: PlanSegment, fps: number): boolean {
  if (segment.discontinuity || segment.take !== before.take) return false
  const elapsedMs = segment.startMs - before.startMs
  if (elapsedMs - before.durationSec * 1000 > 1000 / fps + 1) return false
  const mediaMs = (((segment.pictures[0]?.pts ?? 0) - (before.pictures[0]?.pts ?? 0)) * 1000) / TICKS_PER_SEC
  return Math.abs(mediaMs - elapsedMs) <= SAME_CLOCK_MS
}

interface ChosenGroup extends PlannedHead {
  readonly sets: ParameterSets
}

/**
 * The part of each group of pictures that lies in the range and before the pictures of a later take. The last one there needs half
 * of its time for itself, so that the joint moves nothing by more than that.
 */
function chooseGroups(segments: readonly PlanSegment[], index: number, range: ClipRange): ChosenGroup[] {
  const { fromMs, toMs, fps } = range
  const segment = segments[index]
  if (segment === undefined) return []
  const endMs = Math.min(toMs, segment.endMs === undefined ? toMs : segment.endMs - 500 / fps + HALF_MS)
  const starts = segment.pictures.flatMap(({ idr }, i) => (idr ? [i] : []))
  let sets: ParameterSets = { sps: [], pps: [] }
  return starts.flatMap((from, i) => {
    sets = segment.pictures[from]?.sets ?? sets
    const all = indices(from, starts[i + 1] ?? segment.pictures.length)
    const inside = all.filter((picture) => {
      const atMs = wallMsOf(segment, picture) + HALF_MS
      return atMs >= fromMs && atMs < endMs
    })
    const [first, last] = [inside[0], inside.at(-1)]
    return first === undefined || last === undefined ? [] : [{ segment: index, from, first, end: last + 1, sets }]
  })
}

function placeOnGrid(
  segments: readonly PlanSegment[],
  chosen: readonly Omit<PlannedPicture, 'frame' | 'atMs'>[],
  { fps, firstFrame }: { readonly fps: number; readonly firstFrame: number },
): PlannedPicture[] {
  let firstPts: number | undefined
  let next = firstFrame
  return chosen.flatMap((picture) => {
    const segment = segments[picture.segment]
    const pts = segment?.pictures[picture.picture]?.pts
    if (segment === undefined || pts === undefined) return []
    firstPts ??= pts
    const frame = Math.max(next, firstFrame + Math.round(((pts - firstPts) * fps) / TICKS_PER_SEC))
    next = frame + 1
    return [{ ...picture, frame, atMs: wallMsOf(segment, picture.picture) }]
  })
}

function indices(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, i) => from + i)
}
