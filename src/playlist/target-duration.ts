/**
 * EXT-X-TARGETDURATION of a whole recording, fixed before its first segment because it must never change (RFC 8216
 * §6.2.1). A key frame falls on the first tick after `segmentSec`, so the real maximum is one frame longer.
 */
export function targetDuration(segmentSec: number, fps: number): number {
  return Math.ceil(segmentSec + 1 / fps)
}

/** The longest EXTINF that a playlist of this target may hold: rounded, it must not exceed the target (§4.3.3.1). */
export function longestSegmentSec(targetDurationSec: number): number {
  return targetDurationSec + 0.499
}
