/** One reading of a receiving peer connection's statistics. */
interface WhepStats {
  /** Packets received so far. */
  readonly audioPackets: number
  readonly videoPackets: number
  /**
   * How much later than the picture of the same moment of the sender's clock the sound is played, milliseconds; negative
   * when it is earlier. WebRTC brings both together slowly, and lets them be 30 ms apart. Undefined before the sender's
   * reports on both are there (RFC 3550 §6.4.1), and where those are not of one clock.
   */
  readonly soundLagMs: number | undefined
}

/** WebRTC does not let sound and picture of one clock be so far apart for long, and a mix could not make up for it. */
const FARTHEST_MS = 1000

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
  const lagMs = (playedMs.video ?? Number.NaN) - (playedMs.audio ?? Number.NaN)
  return {
    audioPackets: packets.audio,
    videoPackets: packets.video,
    soundLagMs: Math.abs(lagMs) <= FARTHEST_MS ? lagMs : undefined,
  }
}
