/**
 * The binary frame of one packet on the loopback WebSocket from the page to the recorder, little endian:
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

/** Writes one packet as a WebSocket frame. */
export function encodePacket(packet: Packet): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PACKET_HEADER_BYTES + packet.data.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, KINDS.indexOf(packet.kind) + 1)
  view.setUint8(1, (packet.key ? 1 : 0) | (packet.cut ? 2 : 0))
  view.setUint32(4, packet.sequence, true)
  view.setFloat64(8, packet.timestampUs, true)
  view.setFloat64(16, packet.durationUs, true)
  bytes.set(packet.data, PACKET_HEADER_BYTES)
  return bytes
}

/** Reads one packet; its `data` shares the memory of `bytes`. Undefined when the frame is not a packet. */
export function decodePacket(bytes: Uint8Array): Packet | undefined {
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
