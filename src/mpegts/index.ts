/**
 * MPEG-TS as the recorder writes it and the clipper reads it (ISO/IEC 13818-1 §2.4): packets, the tables of a program, PES headers.
 * Pure. It knows no codec, keeps no state, and never holds a copy of what it reads: a packet is a place in somebody's bytes.
 */
export {
  beginsUnit,
  buildPcrPacket,
  PACKET_BYTES,
  payloadAt,
  pidOf,
  SYNC_BYTE,
  setContinuity,
  splitPackets,
} from './packet.ts'
export { pesDataAt, readPts, TICKS_PER_SEC, TIMESTAMP_TICKS } from './pes.ts'
export { PAT_PID, readPmtPid, readStreams, STREAM_TYPE, setPcrPid } from './psi.ts'
