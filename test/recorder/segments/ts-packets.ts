/** A TS packet as a test reads it (ISO/IEC 13818-1 §2.4.3), with a reader of its own. Times in ticks of 90 kHz. */
export interface TsPacket {
  readonly pid: number
  readonly hasPayload: boolean
  readonly counter: number
  readonly discontinuity: boolean
  readonly pcr?: number
  readonly pts?: number
  readonly dts?: number
  /** The section that begins in this packet of a PAT or a PMT, its CRC included. */
  readonly section?: Buffer
}

const PACKET_BYTES = 188
const SECTION_PIDS = [0x0000, 0x1000]

export function readTsPackets(file: Uint8Array): TsPacket[] {
  const bytes = Buffer.from(file)
  if (bytes.length % PACKET_BYTES !== 0) throw new Error(`${bytes.length} bytes are no whole TS packets`)
  const count = bytes.length / PACKET_BYTES
  return Array.from({ length: count }, (_, at) =>
    readPacket(bytes.subarray(at * PACKET_BYTES, (at + 1) * PACKET_BYTES)),
  )
}

function readPacket(packet: Buffer): TsPacket {
  if (packet.readUInt8(0) !== 0x47) throw new Error('A TS packet begins with 0x47')
  const flags = packet.readUInt8(3)
  const hasPayload = (flags & 0x10) !== 0
  const fieldLength = flags & 0x20 ? packet.readUInt8(4) : -1
  const fieldFlags = fieldLength > 0 ? packet.readUInt8(5) : 0
  const pid = packet.readUInt16BE(1) & 0x1fff
  const begins = (packet.readUInt8(1) & 0x40) !== 0
  const payload = packet.subarray(5 + fieldLength)
  return {
    pid,
    hasPayload,
    counter: flags & 0x0f,
    discontinuity: (fieldFlags & 0x80) !== 0,
    ...(fieldFlags & 0x10 && { pcr: packet.readUInt32BE(6) * 2 + (packet.readUInt8(10) >> 7) }),
    ...(hasPayload && begins && (SECTION_PIDS.includes(pid) ? { section: readSection(payload) } : readTimes(payload))),
  }
}

/** Behind the pointer field (§2.4.4.1). */
function readSection(payload: Buffer): Buffer {
  const section = payload.subarray(1 + payload.readUInt8(0))
  return section.subarray(0, 3 + (section.readUInt16BE(1) & 0x0fff))
}

/** PTS and DTS of a PES header (§2.4.3.6). */
function readTimes(payload: Buffer): Pick<TsPacket, 'pts' | 'dts'> {
  if (payload.readUIntBE(0, 3) !== 1) throw new Error('A PES packet begins with 0x000001')
  const flags = payload.readUInt8(7)
  return { ...(flags & 0x80 && { pts: readTime(payload, 9) }), ...(flags & 0x40 && { dts: readTime(payload, 14) }) }
}

function readTime(bytes: Buffer, at: number): number {
  const time = BigInt(bytes.readUIntBE(at, 5))
  return Number((((time >> 33n) & 0x7n) << 30n) | (((time >> 17n) & 0x7fffn) << 15n) | ((time >> 1n) & 0x7fffn))
}

/** The remainder of a section with its CRC: 0 when the CRC is right (annex A). */
export function crcRemainder(section: Uint8Array): number {
  let crc = 0xffffffff
  for (const value of section) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const feedback = (crc >>> 31) ^ ((value >> bit) & 1)
      crc = ((crc << 1) ^ (feedback ? 0x04c11db7 : 0)) >>> 0
    }
  }
  return crc
}
