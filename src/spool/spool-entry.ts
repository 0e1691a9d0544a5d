/** What the name of a segment's file in the spool says of it, so that one rename commits the bytes with their metadata. */
export interface SpoolEntry {
  /** The segment's place in its take, from 0. */
  readonly number: number
  /** Wall time of the first picture, epoch milliseconds. */
  readonly programDateTimeMs: number
  readonly durationSec: number
  readonly discontinuity: boolean
  readonly bytes: number
  /** `waiting` for the store; `stored`, but in no playlist yet; `gap`: media that found no room. */
  readonly kind: 'waiting' | 'stored' | 'gap'
}

const SUFFIX = { waiting: '.ts', stored: '.stored', gap: '.gap' } as const
const NAME = /^(\d+)_(\d+)_(\d+)_(\d+)(_d)?(\.ts|\.stored|\.gap)$/

/** The inverse of `parseSpoolEntry`, exact to the millisecond of wall time, as playlists are, and to the microsecond of duration. */
export function spoolEntryName(entry: SpoolEntry): string {
  const durationUs = Math.round(entry.durationSec * 1e6)
  const figures = [entry.number, Math.round(entry.programDateTimeMs), durationUs, entry.bytes].join('_')
  return `${figures}${entry.discontinuity ? '_d' : ''}${SUFFIX[entry.kind]}`
}

/** Parses a file name; undefined for any other file. */
export function parseSpoolEntry(name: string): SpoolEntry | undefined {
  const match = NAME.exec(name)
  if (match === null) return undefined
  const [, number, programDateTimeMs, durationUs, bytes, discontinuity, suffix] = match
  return {
    number: Number(number),
    programDateTimeMs: Number(programDateTimeMs),
    durationSec: Number(durationUs) / 1e6,
    discontinuity: discontinuity !== undefined,
    bytes: Number(bytes),
    kind: suffix === SUFFIX.gap ? 'gap' : suffix === SUFFIX.stored ? 'stored' : 'waiting',
  }
}
