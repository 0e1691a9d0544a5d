import type { Sample, SampleOrigin, StreamConfig } from '../sample.ts'
import { type Box, boxesIn, findBox, flagsOf, versionOf, viewOf } from './boxes.ts'
import type { Mp4Track } from './init-segment.ts'

/** `tfhd` (ISO/IEC 14496-12 §8.8.7). */
const TFHD = { baseOffset: 1, description: 2, duration: 8, size: 16, flags: 32 } as const
/** `trun` (§8.8.8). */
const TRUN = {
  dataOffset: 1,
  firstFlags: 4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  compositionOffset: 0x800,
} as const
/** `sample_is_non_sync_sample` (§8.8.3.1). */
const NON_SYNC = 0x10000

interface Placement {
  /** Added to every time: a SourceBuffer's `timestampOffset`. */
  readonly offsetSec: number
  readonly origin: SampleOrigin
}

interface Fragment {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly track: Mp4Track & { readonly config: StreamConfig }
  readonly placement: Placement
}

/** Where the next sample is: its time in the track's scale, and its first byte. */
interface Cursor {
  time: number
  at: number
}

/** Every sample of the fragments in these bytes, in the order of the file. Tracks that are not known are left out. */
export function parseMediaSegment(
  bytes: Uint8Array,
  tracks: ReadonlyMap<number, Mp4Track>,
  placement: Placement,
): Sample[] {
  const view = viewOf(bytes)
  const samples: Sample[] = []
  for (const moof of boxesIn(view, { from: 0, to: bytes.length })) {
    if (moof.type !== 'moof') continue
    for (const traf of boxesIn(view, moof)) {
      if (traf.type === 'traf') samples.push(...parseTraf({ bytes, view, placement }, { moof, traf }, tracks))
    }
  }
  return samples
}

function parseTraf(
  fragment: Omit<Fragment, 'track'>,
  { moof, traf }: { readonly moof: Box; readonly traf: Box },
  tracks: ReadonlyMap<number, Mp4Track>,
): Sample[] {
  const { view } = fragment
  const tfhd = findBox(view, traf, 'tfhd')
  const tfdt = findBox(view, traf, 'tfdt')
  if (tfhd === undefined || tfdt === undefined) return []
  // Some muxers number the one track of a fragment otherwise than in the initialization segment.
  const track =
    tracks.get(view.getUint32(tfhd.from + 4)) ?? (tracks.size === 1 ? tracks.values().next().value : undefined)
  if (track?.config === undefined) return []
  const { base, defaults } = readTfhd(view, tfhd, { moof, track })
  const time = versionOf(view, tfdt) === 1 ? Number(view.getBigUint64(tfdt.from + 4)) : view.getUint32(tfdt.from + 4)
  const cursor = { time, at: base }
  const known = { ...fragment, track: { ...track, config: track.config, defaults } }
  const samples: Sample[] = []
  for (const trun of boxesIn(view, traf))
    if (trun.type === 'trun') samples.push(...parseTrun(known, trun, { cursor, base }))
  return samples
}

function readTfhd(
  view: DataView,
  tfhd: Box,
  { moof, track }: { readonly moof: Box; readonly track: Mp4Track },
): { readonly base: number; readonly defaults: Mp4Track['defaults'] } {
  const flags = flagsOf(view, tfhd)
  let at = tfhd.from + 8
  let base = moof.start
  if (flags & TFHD.baseOffset) {
    base = Number(view.getBigUint64(at))
    at += 8
  }
  if (flags & TFHD.description) at += 4
  const next = (flag: number, otherwise: number): number => {
    if ((flags & flag) === 0) return otherwise
    at += 4
    return view.getUint32(at - 4)
  }
  const duration = next(TFHD.duration, track.defaults.duration)
  const size = next(TFHD.size, track.defaults.size)
  return { base, defaults: { duration, size, flags: next(TFHD.flags, track.defaults.flags) } }
}

function parseTrun(
  { bytes, view, track, placement }: Fragment,
  trun: Box,
  { cursor, base }: { readonly cursor: Cursor; readonly base: number },
): Sample[] {
  const flags = flagsOf(view, trun)
  const isSigned = versionOf(view, trun) === 1
  let at = trun.from + 8
  const next = (flag: number): number | undefined => {
    if ((flags & flag) === 0) return undefined
    at += 4
    return view.getUint32(at - 4)
  }
  const dataOffset = next(TRUN.dataOffset)
  if (dataOffset !== undefined) cursor.at = base + (dataOffset | 0)
  let firstFlags = next(TRUN.firstFlags)
  const { timescale, editSec, config, defaults } = track
  const startSec = editSec + placement.offsetSec
  return Array.from({ length: view.getUint32(trun.from + 4) }, () => {
    const duration = next(TRUN.duration) ?? defaults.duration
    const size = next(TRUN.size) ?? defaults.size
    const sampleFlags = next(TRUN.flags) ?? firstFlags ?? defaults.flags
    firstFlags = undefined
    const told = next(TRUN.compositionOffset) ?? 0
    const sample: Sample = {
      config,
      dtsSec: cursor.time / timescale + startSec,
      ptsSec: (cursor.time + (isSigned ? told | 0 : told)) / timescale + startSec,
      durationSec: duration / timescale,
      isKey: config.kind === 'audio' || (sampleFlags & NON_SYNC) === 0,
      data: bytes.subarray(cursor.at, cursor.at + size),
      origin: placement.origin,
    }
    cursor.time += duration
    cursor.at += size
    return sample
  })
}
