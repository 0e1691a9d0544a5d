import { byte } from './byte.ts'

/** Ticks a second of timestamps and of the base of a PCR. */
export const TICKS_PER_SEC = 90_000
/** Timestamps have 33 bits: they begin anew after so many ticks, 26.5 hours (§2.4.3.7). */
export const TIMESTAMP_TICKS = 2 ** 33

/** The PTS of the PES packet that begins here, in ticks (§2.4.3.6); undefined when it has none, or when none begins here. */
export function readPts(bytes: Uint8Array, pes: number): number | undefined {
  const start = (byte(bytes, pes) << 16) | (byte(bytes, pes + 1) << 8) | byte(bytes, pes + 2)
  if (start !== 0x000001 || (byte(bytes, pes + 7) & 0x80) === 0) return undefined
  const high = (byte(bytes, pes + 9) >> 1) & 0x07
  const middle = ((byte(bytes, pes + 10) << 8) | byte(bytes, pes + 11)) >> 1
  const low = ((byte(bytes, pes + 12) << 8) | byte(bytes, pes + 13)) >> 1
  return high * 2 ** 30 + middle * 2 ** 15 + low
}

/** Where the data of a PES packet begin, behind its header (§2.4.3.6). */
export function pesDataAt(bytes: Uint8Array, pes: number): number {
  return pes + 9 + byte(bytes, pes + 8)
}
