const PACKET_BYTES = 188
const CLOCK_HZ = 90_000
const PES_START = 0x000001
const PAT_PID = 0
const DISCONTINUITY = 0x80

/** How far the program clock runs behind the timestamps: the time a decoder may take to receive a picture, seconds. */
export const PCR_LEAD_SEC = 0.5

/**
 * Makes the files of one take one MPEG-TS, for a muxer that starts each file anew and writes no clock: every picture
 * gets a program clock reference on the video's PID (ISO/IEC 13818-1 §2.4.2.2, §2.7.2), and continuity counters run on
 * from file to file (§2.4.3.3). Only the first file says that it continues nothing, and the first after a lost one.
 */
export class TsContinuity {
  readonly #counters = new Map<number, number>()

  /** The finished file. Timestamps of the muxed one must be `PCR_LEAD_SEC` or more; its memory is reused. */
  finish(file: Uint8Array): Uint8Array {
    const packets = splitPackets(file)
    const pmtPid = packets.map(readPmtPid).find((pid) => pid !== undefined)
    const videoPid = packets.map((packet) => videoPidOf(packet, pmtPid)).find((pid) => pid !== undefined)
    if (videoPid === undefined) return file
    const out: Uint8Array[] = []
    for (const packet of packets) {
      if (pidOf(packet) === pmtPid) setPcrPid(packet, videoPid)
      const pts = pidOf(packet) === videoPid ? readPts(packet) : undefined
      if (pts !== undefined) out.push(pcrPacket(videoPid, pts - PCR_LEAD_SEC * CLOCK_HZ))
      out.push(packet)
    }
    for (const packet of out) this.#number(packet)
    return Buffer.concat(out)
  }

  /** The next file says that it continues nothing: one before it was lost. */
  restart(): void {
    this.#counters.clear()
  }

  #number(packet: Uint8Array): void {
    const pid = pidOf(packet)
    const last = this.#counters.get(pid)
    const counter = hasPayload(packet) ? ((last ?? -1) + 1) & 0x0f : (last ?? 0x0f)
    this.#counters.set(pid, counter)
    packet[3] = (byte(packet, 3) & 0xf0) | counter
    if (hasAdaptation(packet)) packet[5] = (byte(packet, 5) & 0x7f) | (last === undefined ? DISCONTINUITY : 0)
  }
}

function splitPackets(file: Uint8Array): Uint8Array[] {
  const count = Math.floor(file.byteLength / PACKET_BYTES)
  return Array.from({ length: count }, (_, i) => file.subarray(i * PACKET_BYTES, (i + 1) * PACKET_BYTES))
}

const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0
const pidOf = (packet: Uint8Array): number => ((byte(packet, 1) & 0x1f) << 8) | byte(packet, 2)
const hasPayload = (packet: Uint8Array): boolean => (byte(packet, 3) & 0x10) !== 0
const hasAdaptation = (packet: Uint8Array): boolean => (byte(packet, 3) & 0x20) !== 0 && byte(packet, 4) > 0
const beginsUnit = (packet: Uint8Array): boolean => (byte(packet, 1) & 0x40) !== 0

/** Where the packet's payload begins, behind the adaptation field (§2.4.3.2). */
function payloadAt(packet: Uint8Array): number {
  return (byte(packet, 3) & 0x20) === 0 ? 4 : 5 + byte(packet, 4)
}

/** The PID of the first program's map, from a PAT (§2.4.4.3). */
function readPmtPid(packet: Uint8Array): number | undefined {
  if (pidOf(packet) !== PAT_PID || !beginsUnit(packet)) return undefined
  const section = sectionAt(packet)
  return ((byte(packet, section + 10) & 0x1f) << 8) | byte(packet, section + 11)
}

/** The PID of the H.264 stream, type 0x1B, from a PMT (§2.4.4.8). */
function videoPidOf(packet: Uint8Array, pmtPid: number | undefined): number | undefined {
  if (pidOf(packet) !== pmtPid || !beginsUnit(packet)) return undefined
  const section = sectionAt(packet)
  const end = section + 3 + sectionLength(packet, section) - 4
  let at = section + 12 + (((byte(packet, section + 10) & 0x0f) << 8) | byte(packet, section + 11))
  while (at < end) {
    if (byte(packet, at) === 0x1b) return ((byte(packet, at + 1) & 0x1f) << 8) | byte(packet, at + 2)
    at += 5 + (((byte(packet, at + 3) & 0x0f) << 8) | byte(packet, at + 4))
  }
  return undefined
}

function setPcrPid(packet: Uint8Array, pid: number): void {
  const section = sectionAt(packet)
  packet[section + 8] = 0xe0 | (pid >> 8)
  packet[section + 9] = pid & 0xff
  const end = section + 3 + sectionLength(packet, section) - 4
  new DataView(packet.buffer, packet.byteOffset).setUint32(end, crc32(packet.subarray(section, end)))
}

/** A section begins behind the pointer field (§2.4.4.1). */
function sectionAt(packet: Uint8Array): number {
  const at = payloadAt(packet)
  return at + 1 + byte(packet, at)
}

function sectionLength(packet: Uint8Array, section: number): number {
  return ((byte(packet, section + 1) & 0x0f) << 8) | byte(packet, section + 2)
}

/** The PTS of a PES packet that begins here, in ticks of 90 kHz (§2.4.3.6). There are no B-frames: it is the DTS too. */
function readPts(packet: Uint8Array): number | undefined {
  const at = payloadAt(packet)
  const start = (byte(packet, at) << 16) | (byte(packet, at + 1) << 8) | byte(packet, at + 2)
  if (!beginsUnit(packet) || start !== PES_START || (byte(packet, at + 7) & 0x80) === 0) return undefined
  const high = (byte(packet, at + 9) >> 1) & 0x07
  const middle = ((byte(packet, at + 10) << 8) | byte(packet, at + 11)) >> 1
  const low = ((byte(packet, at + 12) << 8) | byte(packet, at + 13)) >> 1
  return high * 2 ** 30 + middle * 2 ** 15 + low
}

/** A packet of nothing but an adaptation field with a PCR (§2.4.3.5). */
function pcrPacket(pid: number, ticks: number): Uint8Array {
  const base = ((Math.round(ticks) % 2 ** 33) + 2 ** 33) % 2 ** 33
  const packet = new Uint8Array(PACKET_BYTES).fill(0xff)
  packet.set([0x47, pid >> 8, pid & 0xff, 0x20, PACKET_BYTES - 5, 0x10])
  const view = new DataView(packet.buffer)
  view.setUint32(6, Math.floor(base / 2))
  view.setUint16(10, ((base % 2) << 15) | 0x7e00)
  return packet
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
