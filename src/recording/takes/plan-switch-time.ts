/** All recordings are sampled so, and AAC-LC frames are so long (ISO/IEC 14496-3). */
const SAMPLE_RATE = 48_000
const AAC_FRAME = 1024
/** Within so many pictures, every frame rate that divides the sample rate meets a boundary between audio frames. */
const LOOK_AHEAD_PICTURES = 64

/**
 * Where a take that began at `takeEpochMs` hands over: at the first picture from `notBeforeMs` on with which a frame of its sound
 * begins too, so that the next take's sound joins it without a gap or a repeat; where there is none, at the one nearest to it.
 */
export function planSwitchTime(
  { takeEpochMs, fps }: { readonly takeEpochMs: number; readonly fps: number },
  notBeforeMs: number,
): number {
  const first = Math.max(1, Math.ceil(((notBeforeMs - takeEpochMs) * fps) / 1000))
  const candidates = Array.from({ length: LOOK_AHEAD_PICTURES }, (_, i) => first + i)
  const best = candidates.reduce((found, picture) => (misfit(picture, fps) < misfit(found, fps) ? picture : found))
  return takeEpochMs + (best * 1000) / fps
}

/** How far a picture's beginning is from a boundary between audio frames, samples. */
function misfit(picture: number, fps: number): number {
  const rest = ((picture * SAMPLE_RATE) / fps) % AAC_FRAME
  return Math.min(rest, AAC_FRAME - rest)
}
