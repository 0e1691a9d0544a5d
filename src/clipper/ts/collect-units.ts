import {
  beginsUnit,
  PACKET_BYTES,
  PAT_PID,
  payloadAt,
  pesDataAt,
  pidOf,
  readPmtPid,
  readPts,
  readStreams,
  STREAM_TYPE,
  SYNC_BYTE,
} from '../../mpegts/index.ts'

/** The payload of one PES packet and its PTS, ticks of 90 kHz in 33 bits. */
interface PesUnit {
  readonly pts: number
  readonly data: Uint8Array
}

/** The PES packets of the first H.264 and the first AAC stream of a transport stream (ISO/IEC 13818-1 §2.4.3). */
export function collectUnits(bytes: Uint8Array): {
  readonly video: readonly PesUnit[]
  readonly audio: readonly PesUnit[]
} {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [video, audio] = [new Stream(file.length), new Stream(file.length >> 2)]
  const streams = new Map<number, Stream>()
  let pmtPid = -1
  for (let at = 0; at + PACKET_BYTES <= file.length && file[at] === SYNC_BYTE; at += PACKET_BYTES) {
    const pid = pidOf(file, at)
    const from = payloadAt(file, at)
    if (from === undefined) continue
    const begins = beginsUnit(file, at)
    const stream = streams.get(pid)
    if (stream !== undefined) stream.add(file, { from, to: at + PACKET_BYTES }, begins)
    else if (pid === PAT_PID && begins) pmtPid = readPmtPid(file, from)
    else if (pid === pmtPid && begins && streams.size === 0) {
      const [videoPid, audioPid] = [pidOfType(file, from, STREAM_TYPE.h264), pidOfType(file, from, STREAM_TYPE.aac)]
      if (videoPid !== undefined) streams.set(videoPid, video)
      if (audioPid !== undefined) streams.set(audioPid, audio)
    }
  }
  return { video: video.units(), audio: audio.units() }
}

function pidOfType(file: Buffer, payload: number, wanted: number): number | undefined {
  return readStreams(file, payload).find(({ type }) => type === wanted)?.pid
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
      data = pesDataAt(file, from)
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
