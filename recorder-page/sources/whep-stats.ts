/** What one look at a receiving peer connection tells. */
export interface WhepStats {
  /** Packets received so far. */
  readonly audioPackets: number
  readonly videoPackets: number
  /**
   * How much later than the picture of the same moment of the sender's clock the sound is played, milliseconds; negative
   * when it is earlier. WebRTC brings both together slowly, and lets them be 30 ms apart. Undefined before the sender's
   * reports on both are there (RFC 3550 §6.4.1).
   */
  readonly soundLagMs: number | undefined
}

/** Members of `RTCInboundRtpStreamStats` (Identifiers for WebRTC's Statistics API). */
interface InboundRtp {
  readonly type: string
  readonly kind: 'audio' | 'video'
  readonly packetsReceived?: number
  readonly estimatedPlayoutTimestamp?: number
}

/** Reads what a peer connection counts: at most one stream of sound and one of pictures. */
export function readWhepStats(entries: Iterable<InboundRtp>): WhepStats {
  const packets = { audio: 0, video: 0 }
  const playedMs: { audio?: number; video?: number } = {}
  for (const { type, kind, packetsReceived, estimatedPlayoutTimestamp } of entries) {
    if (type !== 'inbound-rtp') continue
    packets[kind] += packetsReceived ?? 0
    if (estimatedPlayoutTimestamp !== undefined) playedMs[kind] = estimatedPlayoutTimestamp
  }
  const { audio, video } = playedMs
  return {
    audioPackets: packets.audio,
    videoPackets: packets.video,
    soundLagMs: audio === undefined || video === undefined ? undefined : video - audio,
  }
}
