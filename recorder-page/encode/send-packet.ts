import type { Packet } from '../../src/protocol/packets.ts'

/** Sends an encoded packet; the link numbers it. */
export type SendPacket = (packet: Omit<Packet, 'sequence'>) => void
