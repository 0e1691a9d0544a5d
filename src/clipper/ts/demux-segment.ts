import { TICKS_PER_SEC, TIMESTAMP_TICKS } from '../../mpegts/index.ts'
import { AppError } from '../../protocol/index.ts'
import { NAL, nalType, splitAnnexB } from '../h264/nal-units.ts'
import type { ParameterSets } from '../h264/set-table.ts'
import { type AdtsFrame, splitAdts } from './adts.ts'
import { collectUnits } from './collect-units.ts'

/** One picture as it lies in the segment. */
interface SegmentPicture {
  /** Ticks of 90 kHz; it grows over the 33 bits of MPEG-TS. */
  readonly pts: number
  readonly idr: boolean
  /** The parameter sets in front of an IDR picture; undefined where there are none. */
  readonly sets: ParameterSets | undefined
  /** Slices and SEI, as a sample of MP4 holds them. */
  readonly units: readonly Uint8Array[]
}

/** One AAC packet. */
export interface SegmentSound extends AdtsFrame {
  readonly pts: number
}

/** All that a segment holds, as views on its bytes. */
export interface SegmentMedia {
  readonly pictures: readonly SegmentPicture[]
  readonly sound: readonly SegmentSound[]
}

/** ISO/IEC 14496-3 §4.5.2.1: samples of an AAC-LC packet. */
export const AAC_SAMPLES = 1024

/**
 * Takes an MPEG-TS of H.264 without B-frames and AAC apart (ISO/IEC 13818-1 §2.4). Times are made to grow over their 33
 * bits, near `aroundPts`. Errors: `clip.wrong-media` when it is not such a file.
 */
export function demuxSegment(name: string, bytes: Uint8Array, aroundPts?: number): SegmentMedia {
  const { video, audio } = collectUnits(bytes)
  const first = video[0]
  if (first === undefined) throw wrongSegment(name, 'it has no picture')
  const around = aroundPts ?? first.pts
  const pictures = video.map(({ pts, data }) => pictureOf(unwrap(pts, around), data))
  if (pictures[0]?.idr !== true || pictures[0].sets === undefined) {
    throw wrongSegment(name, 'it does not begin with an IDR picture and its parameter sets')
  }
  const unordered = pictures.findIndex(({ pts }, i) => i > 0 && pts <= (pictures[i - 1]?.pts ?? 0))
  if (unordered !== -1) throw wrongSegment(name, `picture ${unordered} is not later than the one before it`)
  const sound = audio.flatMap(({ pts, data }) => soundOf(unwrap(pts, around), data))
  return { pictures, sound }
}

/** The value that differs from `pts` by whole turns of 33 bits and is nearest to `around`. */
function unwrap(pts: number, around: number): number {
  return pts + Math.round((around - pts) / TIMESTAMP_TICKS) * TIMESTAMP_TICKS
}

function pictureOf(pts: number, data: Uint8Array): SegmentPicture {
  const all = splitAnnexB(data)
  const ofType = (type: number) => all.filter((unit) => nalType(unit) === type)
  const [sps, pps] = [ofType(NAL.sps), ofType(NAL.pps)]
  const dropped: readonly number[] = [NAL.sps, NAL.pps, NAL.delimiter, NAL.filler]
  return {
    pts,
    idr: all.some((unit) => nalType(unit) === NAL.idr),
    sets: sps.length > 0 && pps.length > 0 ? { sps, pps } : undefined,
    units: all.filter((unit) => !dropped.includes(nalType(unit))),
  }
}

function soundOf(pts: number, data: Uint8Array): SegmentSound[] {
  return splitAdts(data).map((frame, i) => ({
    ...frame,
    pts: pts + Math.round((i * AAC_SAMPLES * TICKS_PER_SEC) / frame.format.sampleRate),
  }))
}

function wrongSegment(name: string, what: string): AppError {
  return new AppError('clip.wrong-media', `The segment \`${name}\` cannot be cut: ${what}`, { received: name })
}
