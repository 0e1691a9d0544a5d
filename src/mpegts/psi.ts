import { byte } from './byte.ts'

/** The PID of the program association table (§2.4.4.3). */
export const PAT_PID = 0
/** `stream_type` of ISO/IEC 13818-1 table 2-34. */
export const STREAM_TYPE = { aac: 0x0f, h264: 0x1b } as const

const pidAt = (bytes: Uint8Array, at: number): number => ((byte(bytes, at) & 0x1f) << 8) | byte(bytes, at + 1)
const lengthAt = (bytes: Uint8Array, at: number): number => ((byte(bytes, at) & 0x0f) << 8) | byte(bytes, at + 1)

/** A section begins behind the pointer field (§2.4.4.1). */
const sectionAt = (bytes: Uint8Array, payload: number): number => payload + 1 + byte(bytes, payload)

/** Where a section's CRC lies, behind all else of it. */
const crcAt = (bytes: Uint8Array, section: number): number => section + 3 + lengthAt(bytes, section + 1) - 4

/** The PID of the first program's map, from a PAT in the payload that begins here (§2.4.4.3). */
export function readPmtPid(bytes: Uint8Array, payload: number): number {
  return pidAt(bytes, sectionAt(bytes, payload) + 10)
}

/** The streams of a program in their order, from a PMT in the payload that begins here (§2.4.4.8). */
export function readStreams(bytes: Uint8Array, payload: number): { readonly type: number; readonly pid: number }[] {
  const streams = []
  const section = sectionAt(bytes, payload)
  const end = crcAt(bytes, section)
  let at = section + 12 + lengthAt(bytes, section + 10)
  while (at + 5 <= end) {
    streams.push({ type: byte(bytes, at), pid: pidAt(bytes, at + 1) })
    at += 5 + lengthAt(bytes, at + 3)
  }
  return streams
}

/** Names the PID that carries the program clock, in a PMT in the payload that begins here. */
export function setPcrPid(bytes: Uint8Array, payload: number, pid: number): void {
  const section = sectionAt(bytes, payload)
  bytes[section + 8] = 0xe0 | (pid >> 8)
  bytes[section + 9] = pid & 0xff
  const end = crcAt(bytes, section)
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(end, crc32(bytes.subarray(section, end)))
}

/** The CRC of PSI sections (ISO/IEC 13818-1 annex A). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const value of bytes) {
    crc ^= value << 24
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  }
  return crc >>> 0
}
