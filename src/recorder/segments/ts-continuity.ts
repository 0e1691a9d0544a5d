import {
  beginsUnit,
  buildPcrPacket,
  PAT_PID,
  payloadAt,
  pidOf,
  readPmtPid,
  readPts,
  readStreams,
  STREAM_TYPE,
  setContinuity,
  setPcrPid,
  splitPackets,
  TICKS_PER_SEC,
} from '../../mpegts/index.ts'

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
    const pmtPid = packets.map(readMapPid).find((pid) => pid !== undefined)
    const videoPid = packets.map((packet) => readVideoPid(packet, pmtPid)).find((pid) => pid !== undefined)
    if (videoPid === undefined) return file
    const out: Uint8Array[] = []
    for (const packet of packets) {
      const begin = unitAt(packet)
      if (begin !== undefined && pidOf(packet) === pmtPid) setPcrPid(packet, begin, videoPid)
      const pts = begin !== undefined && pidOf(packet) === videoPid ? readPts(packet, begin) : undefined
      // There are no B-frames: the PTS is the DTS too.
      if (pts !== undefined) out.push(buildPcrPacket(videoPid, pts - PCR_LEAD_SEC * TICKS_PER_SEC))
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
    const counter = payloadAt(packet) === undefined ? (last ?? 0x0f) : ((last ?? -1) + 1) & 0x0f
    this.#counters.set(pid, counter)
    setContinuity(packet, counter, last === undefined)
  }
}

/** Where the PES packet or section lies that begins in a packet. */
function unitAt(packet: Uint8Array): number | undefined {
  return beginsUnit(packet) ? payloadAt(packet) : undefined
}

function readMapPid(packet: Uint8Array): number | undefined {
  const begin = unitAt(packet)
  return begin === undefined || pidOf(packet) !== PAT_PID ? undefined : readPmtPid(packet, begin)
}

function readVideoPid(packet: Uint8Array, pmtPid: number | undefined): number | undefined {
  const begin = unitAt(packet)
  if (begin === undefined || pidOf(packet) !== pmtPid) return undefined
  return readStreams(packet, begin).find(({ type }) => type === STREAM_TYPE.h264)?.pid
}
