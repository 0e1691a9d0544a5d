/** RTCP of RFC 3550 §6.4 and RFC 4585 §6.3.1, as far as a forwarding unit on loopback needs it. */
const SENDER_REPORT = 200
const PAYLOAD_FEEDBACK = 206
const PLI = 1
const FIR = 4
/** Seconds from 1900 to 1970: NTP time counts from 1900. */
const NTP_EPOCH_SEC = 2_208_988_800

/** RFC 5761 §4: RTP and RTCP of one port are told apart by their second byte. */
export function isRtcp(packet: Uint8Array): boolean {
  const type = packet[1] ?? 0
  return type >= 192 && type <= 223
}

/** The parts of a compound packet: Chrome hides its PLI behind a receiver report. */
function rtcpParts(packet: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at + 4 <= packet.length; ) {
    const end = at + (packet.readUInt16BE(at + 2) + 1) * 4
    parts.push(packet.subarray(at, end))
    at = end
  }
  return parts
}

export function findSenderReport(packet: Buffer): Buffer | undefined {
  return rtcpParts(packet).find((part) => part[1] === SENDER_REPORT)
}

export function asksForKeyFrame(packet: Buffer): boolean {
  return rtcpParts(packet).some((part) => {
    const format = (part[0] ?? 0) & 31
    return part[1] === PAYLOAD_FEEDBACK && (format === PLI || format === FIR)
  })
}

export function buildKeyFrameRequest(ssrc: number): Buffer {
  const receiverReport = [0x80, 201, 0, 1, 0, 0, 0, 1]
  const request = Buffer.from([...receiverReport, 0x81, PAYLOAD_FEEDBACK, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0])
  request.writeUInt32BE(ssrc, 16)
  return request
}

/** Ties an RTP timestamp to wall time: what lets a receiver put sound and picture together. */
export function buildSenderReport(wallMs: number, rtpTimestamp: number): Buffer {
  const report = Buffer.alloc(28)
  report.set([0x80, SENDER_REPORT, 0, 6])
  report.writeUInt32BE(Math.floor(wallMs / 1000) + NTP_EPOCH_SEC, 8)
  report.writeUInt32BE(Math.floor(((wallMs % 1000) / 1000) * 2 ** 32), 12)
  report.writeUInt32BE(rtpTimestamp >>> 0, 16)
  return report
}
