import type { Packet } from '../../src/protocol/packets.ts'

/** Hands an encoded packet on; its place in the connection's sequence is the link's matter. */
export type SendPacket = (packet: Omit<Packet, 'sequence'>) => void
