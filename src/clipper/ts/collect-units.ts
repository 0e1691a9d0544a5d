/** The payload of one PES packet and its PTS, ticks of 90 kHz in 33 bits. */
export interface PesUnit {
  readonly pts: number
  readonly data: Uint8Array
}

const PACKET_BYTES = 188
const SYNC = 0x47
const H264 = 0x1b
const AAC = 0x0f

/** The PES packets of the first H.264 and the first AAC stream of a transport stream (ISO/IEC 13818-1 §2.4.3). */
export function collectUnits(bytes: Uint8Array): {
  readonly video: readonly PesUnit[]
  readonly audio: readonly PesUnit[]
} {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [video, audio] = [new Stream(file.length), new Stream(file.length >> 2)]
  const streams = new Map<number, Stream>()
  let pmtPid = -1
  for (let at = 0; at + PACKET_BYTES <= file.length && file[at] === SYNC; at += PACKET_BYTES) {
    const pid = ((byte(file, at + 1) & 0x1f) << 8) | byte(file, at + 2)
    const from = payloadAt(file, at)
    if (from === undefined) continue
    const begins = (byte(file, at + 1) & 0x40) !== 0
    const range = { from, to: at + PACKET_BYTES }
    const stream = streams.get(pid)
    if (stream !== undefined) stream.add(file, range, begins)
    else if (pid === 0 && begins) pmtPid = readPmtPid(file, from)
    else if (pid === pmtPid && begins && streams.size === 0) {
      for (const [type, streamPid] of readStreams(file, from)) streams.set(streamPid, type === H264 ? video : audio)
    }
  }
  return { video: video.units(), audio: audio.units() }
}

const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0

/** Behind the adaptation field (§2.4.3.2); undefined when the packet has no payload. */
function payloadAt(file: Buffer, at: number): number | undefined {
  const control = byte(file, at + 3) & 0x30
  if (control === 0x10) return at + 4
  return control === 0x30 ? at + 5 + byte(file, at + 4) : undefined
}

function readPmtPid(file: Buffer, at: number): number {
  const section = at + 1 + byte(file, at)
  return ((byte(file, section + 10) & 0x1f) << 8) | byte(file, section + 11)
}

/** The first stream of each type that a clip has, from a PMT (§2.4.4.8). */
function readStreams(file: Buffer, start: number): Map<number, number> {
  const section = start + 1 + byte(file, start)
  const end = section + 3 + (((byte(file, section + 1) & 0x0f) << 8) | byte(file, section + 2)) - 4
  let at = section + 12 + (((byte(file, section + 10) & 0x0f) << 8) | byte(file, section + 11))
  const found = new Map<number, number>()
  while (at + 5 <= end) {
    const type = byte(file, at)
    const pid = ((byte(file, at + 1) & 0x1f) << 8) | byte(file, at + 2)
    if ((type === H264 || type === AAC) && !found.has(type)) found.set(type, pid)
    at += 5 + (((byte(file, at + 3) & 0x0f) << 8) | byte(file, at + 4))
  }
  return found
}

/** Puts the payloads of one stream together, in one piece of memory. */
class Stream {
  #bytes: Buffer
  #length = 0
  readonly #starts: { readonly pts: number; readonly at: number }[] = []

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity)
  }

  add(file: Buffer, { from, to }: { readonly from: number; readonly to: number }, begins: boolean): void {
    let data = from
    if (begins) {
      const pts = readPts(file, from)
      // Without a time of its own it belongs to what came before (§2.4.3.7).
      if (pts !== undefined) this.#starts.push({ pts, at: this.#length })
      data = from + 9 + byte(file, from + 8)
    }
    if (this.#starts.length === 0) return
    this.#reserve(to - data)
    this.#length += file.copy(this.#bytes, this.#length, data, to)
  }

  units(): PesUnit[] {
    return this.#starts.map(({ pts, at }, i) => ({
      pts,
      data: this.#bytes.subarray(at, this.#starts[i + 1]?.at ?? this.#length),
    }))
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    this.#bytes = Buffer.concat([this.#bytes.subarray(0, this.#length)], (this.#length + more) * 2)
  }
}

/** §2.4.3.6. */
function readPts(file: Buffer, pes: number): number | undefined {
  if (file.readUIntBE(pes, 3) !== 1 || (byte(file, pes + 7) & 0x80) === 0) return undefined
  const high = (byte(file, pes + 9) >> 1) & 0x07
  const middle = file.readUInt16BE(pes + 10) >> 1
  const low = file.readUInt16BE(pes + 12) >> 1
  return high * 2 ** 30 + middle * 2 ** 15 + low
}
