import { byte } from './byte.ts'

export const PACKET_BYTES = 188
export const SYNC_BYTE = 0x47

/** Views on the whole packets of a file. */
export function splitPackets(file: Uint8Array): Uint8Array[] {
  const count = Math.floor(file.byteLength / PACKET_BYTES)
  return Array.from({ length: count }, (_, i) => file.subarray(i * PACKET_BYTES, (i + 1) * PACKET_BYTES))
}

/** The PID of the packet that lies here (§2.4.3.2). */
export function pidOf(bytes: Uint8Array, packet = 0): number {
  return ((byte(bytes, packet + 1) & 0x1f) << 8) | byte(bytes, packet + 2)
}

/** True when a PES packet or a section begins in it: its `payload_unit_start_indicator`. */
export function beginsUnit(bytes: Uint8Array, packet = 0): boolean {
  return (byte(bytes, packet + 1) & 0x40) !== 0
}

/** Where the payload begins, behind the adaptation field (§2.4.3.3); undefined when there is none. */
export function payloadAt(bytes: Uint8Array, packet = 0): number | undefined {
  const control = byte(bytes, packet + 3) & 0x30
  if (control === 0x10) return packet + 4
  return control === 0x30 ? packet + 5 + byte(bytes, packet + 4) : undefined
}

/** True when it has an adaptation field that is not empty, and so its flags (§2.4.3.4). */
function hasAdaptationFlags(packet: Uint8Array): boolean {
  return (byte(packet, 3) & 0x20) !== 0 && byte(packet, 4) > 0
}

/**
 * Sets the continuity counter, 4 bits (§2.4.3.3), and, where there are flags, whether the packet continues nothing: its
 * `discontinuity_indicator` (§2.4.3.5).
 */
export function setContinuity(packet: Uint8Array, counter: number, isDiscontinuous: boolean): void {
  packet[3] = (byte(packet, 3) & 0xf0) | (counter & 0x0f)
  if (hasAdaptationFlags(packet)) packet[5] = (byte(packet, 5) & 0x7f) | (isDiscontinuous ? 0x80 : 0)
}

/** A packet of nothing but an adaptation field with a PCR of these ticks of 90 kHz (§2.4.3.5). */
export function buildPcrPacket(pid: number, ticks: number): Uint8Array {
  const base = ((Math.round(ticks) % 2 ** 33) + 2 ** 33) % 2 ** 33
  const packet = new Uint8Array(PACKET_BYTES).fill(0xff)
  packet.set([SYNC_BYTE, pid >> 8, pid & 0xff, 0x20, PACKET_BYTES - 5, 0x10])
  const view = new DataView(packet.buffer)
  view.setUint32(6, Math.floor(base / 2))
  view.setUint16(10, ((base % 2) << 15) | 0x7e00)
  return packet
}
