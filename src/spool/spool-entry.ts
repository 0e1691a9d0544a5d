/** A segment as the name of its file in the spool says it: a rename writes the bytes and all that is known of them at once. */
export interface SpoolEntry {
  /** Its place in its take, from 0. */
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

/** The inverse of `parseSpoolEntry`. Wall time is kept to the millisecond, as playlists have it; the duration to the microsecond. */
export function spoolEntryName(entry: SpoolEntry): string {
  const durationUs = Math.round(entry.durationSec * 1e6)
  const figures = [entry.number, Math.round(entry.programDateTimeMs), durationUs, entry.bytes].join('_')
  return `${figures}${entry.discontinuity ? '_d' : ''}${SUFFIX[entry.kind]}`
}

/** Undefined for any other file. */
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
