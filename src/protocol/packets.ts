/**
 * A message on the loopback WebSocket from the page to the recorder has one packet or several, each behind its length in bytes as a
 * uint32. A packet, little endian:
 *
 *   byte 0      kind: 1 video config, 2 video, 3 audio config, 4 audio, 5 pause
 *   byte 1      flags: bit 0 key frame, bit 1 cut (a segment begins with this packet)
 *   bytes 2-3   zero
 *   bytes 4-7   sequence number of the connection, from 0, so that a lost packet is noticed
 *   bytes 8-15  timestamp, microseconds of the take's time line, float64
 *   bytes 16-23 duration, microseconds, float64
 *   bytes 24-   payload: an Annex B access unit (ITU-T H.264 Annex B), a raw AAC frame (ISO/IEC 14496-3),
 *               or, for the configs, JSON of the WebCodecs decoder config with its description in base64
 *
 * `pause` has no payload. It comes behind all that was recorded: the media ends at its timestamp, and what comes after it
 * continues nothing.
 */
const PACKET_HEADER_BYTES = 24
const LENGTH_BYTES = 4

type PacketKind = 'video-config' | 'video' | 'audio-config' | 'audio' | 'pause'
const KINDS: readonly PacketKind[] = ['video-config', 'video', 'audio-config', 'audio', 'pause']

export interface Packet {
  readonly kind: PacketKind
  readonly key: boolean
  /** True when a segment begins with this packet; only ever on a key frame. */
  readonly cut: boolean
  readonly sequence: number
  readonly timestampUs: number
  readonly durationUs: number
  readonly data: Uint8Array
}

/** Writes packets as one WebSocket message. */
export function encodePackets(packets: readonly Packet[]): Uint8Array<ArrayBuffer> {
  const sizes = packets.map(({ data }) => PACKET_HEADER_BYTES + data.byteLength)
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + LENGTH_BYTES + size, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  packets.forEach((packet, index) => {
    const size = sizes[index] ?? 0
    view.setUint32(at, size, true)
    writePacket(packet, view, at + LENGTH_BYTES)
    at += LENGTH_BYTES + size
  })
  return bytes
}

function writePacket(packet: Packet, view: DataView<ArrayBuffer>, at: number): void {
  view.setUint8(at, KINDS.indexOf(packet.kind) + 1)
  view.setUint8(at + 1, (packet.key ? 1 : 0) | (packet.cut ? 2 : 0))
  view.setUint32(at + 4, packet.sequence, true)
  view.setFloat64(at + 8, packet.timestampUs, true)
  view.setFloat64(at + 16, packet.durationUs, true)
  new Uint8Array(view.buffer).set(packet.data, at + PACKET_HEADER_BYTES)
}

/** Reads the packets of a message; their `data` shares the memory of `bytes`. Undefined when it is no message of packets. */
export function decodePackets(bytes: Uint8Array): readonly Packet[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const packets: Packet[] = []
  for (let at = 0; at < bytes.byteLength; ) {
    if (bytes.byteLength - at < LENGTH_BYTES) return undefined
    const from = at + LENGTH_BYTES
    at = from + view.getUint32(at, true)
    const packet = at > bytes.byteLength ? undefined : readPacket(bytes.subarray(from, at))
    if (packet === undefined) return undefined
    packets.push(packet)
  }
  return packets
}

function readPacket(bytes: Uint8Array): Packet | undefined {
  if (bytes.byteLength < PACKET_HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kind = KINDS[view.getUint8(0) - 1]
  if (kind === undefined) return undefined
  const flags = view.getUint8(1)
  return {
    kind,
    key: (flags & 1) !== 0,
    cut: (flags & 2) !== 0,
    sequence: view.getUint32(4, true),
    timestampUs: view.getFloat64(8, true),
    durationUs: view.getFloat64(16, true),
    data: bytes.subarray(PACKET_HEADER_BYTES),
  }
}
