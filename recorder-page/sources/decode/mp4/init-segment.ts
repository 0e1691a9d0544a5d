import type { StreamConfig } from '../sample.ts'
import { type Box, boxesIn, findBox, typeAt, versionOf, viewOf } from './boxes.ts'
import { audioEntry, videoEntry } from './sample-entry.ts'

/** One track of an initialization segment (ISO/IEC 14496-12 §8.3). */
export interface Mp4Track {
  readonly id: number
  readonly timescale: number
  /** What the edit list moves the track by (§8.6.6): it cuts the priming of AAC, and the delay of B-frames. */
  readonly editSec: number
  /** Undefined where the codec is not known here. */
  readonly config: StreamConfig | undefined
  /** What a fragment leaves out (§8.8.3). */
  readonly defaults: { readonly duration: number; readonly size: number; readonly flags: number }
}

/** The tracks of picture and sound by their ids; undefined when the bytes hold no `moov`. */
export function parseInitSegment(bytes: Uint8Array): ReadonlyMap<number, Mp4Track> | undefined {
  const view = viewOf(bytes)
  const moov = findBox(view, { from: 0, to: bytes.length }, 'moov')
  if (moov === undefined) return undefined
  const movieTimescale = timescaleOf(view, findBox(view, moov, 'mvhd')) ?? 1
  const defaults = trackDefaults(view, moov)
  const tracks = new Map<number, Mp4Track>()
  for (const trak of boxesIn(view, moov)) {
    const track = trak.type === 'trak' ? parseTrack(bytes, trak, movieTimescale) : undefined
    if (track !== undefined) tracks.set(track.id, { ...track, defaults: defaults.get(track.id) ?? NO_DEFAULTS })
  }
  return tracks
}

const NO_DEFAULTS = { duration: 0, size: 0, flags: 0 }

function parseTrack(bytes: Uint8Array, trak: Box, movieTimescale: number): Omit<Mp4Track, 'defaults'> | undefined {
  const view = viewOf(bytes)
  const header = findBox(view, trak, 'tkhd')
  const handler = findBox(view, trak, 'mdia', 'hdlr')
  const entries = findBox(view, trak, 'mdia', 'minf', 'stbl', 'stsd')
  const timescale = timescaleOf(view, findBox(view, trak, 'mdia', 'mdhd'))
  if (header === undefined || handler === undefined || entries === undefined || timescale === undefined)
    return undefined
  const kind = typeAt(view, handler.from + 8)
  const entry = boxesIn(view, { from: entries.from + 8, to: entries.to }).next().value
  if ((kind !== 'vide' && kind !== 'soun') || entry === undefined) return undefined
  return {
    id: view.getUint32(header.from + (versionOf(view, header) === 1 ? 20 : 12)),
    timescale,
    editSec: editOf(view, findBox(view, trak, 'edts', 'elst'), { movieTimescale, timescale }),
    config: kind === 'vide' ? videoEntry(bytes, entry) : audioEntry(bytes, entry),
  }
}

/** Of `mvhd` and `mdhd`, which both have it behind their two dates. */
function timescaleOf(view: DataView, box: Box | undefined): number | undefined {
  return box === undefined ? undefined : view.getUint32(box.from + (versionOf(view, box) === 1 ? 20 : 12))
}

/** An empty edit delays the track; the media time of the first other one is where it begins. */
function editOf(
  view: DataView,
  elst: Box | undefined,
  { movieTimescale, timescale }: { readonly movieTimescale: number; readonly timescale: number },
): number {
  if (elst === undefined) return 0
  const isLong = versionOf(view, elst) === 1
  let editSec = 0
  for (let i = 0; i < view.getUint32(elst.from + 4); i += 1) {
    const at = elst.from + 8 + i * (isLong ? 20 : 12)
    const mediaTime = isLong ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4)
    if (mediaTime !== -1) return editSec - mediaTime / timescale
    editSec += (isLong ? Number(view.getBigUint64(at)) : view.getUint32(at)) / movieTimescale
  }
  return editSec
}

function trackDefaults(view: DataView, moov: Box): Map<number, Mp4Track['defaults']> {
  const defaults = new Map<number, Mp4Track['defaults']>()
  const mvex = findBox(view, moov, 'mvex')
  for (const trex of mvex === undefined ? [] : boxesIn(view, mvex)) {
    if (trex.type !== 'trex') continue
    const [duration, size, flags] = [12, 16, 20].map((offset) => view.getUint32(trex.from + offset))
    defaults.set(view.getUint32(trex.from + 4), { duration: duration ?? 0, size: size ?? 0, flags: flags ?? 0 })
  }
  return defaults
}
