/**
 * Resamples planar stereo sound to this many frames, a few more or fewer than it has. The first and the last frame stay, so
 * that it joins the sound before and after it. Interpolation is cubic, through the four frames around (Catmull and Rom, 1974).
 */
export function ofLength(samples: Float32Array<ArrayBuffer>, length: number): Float32Array<ArrayBuffer> {
  const had = samples.length / 2
  if (length === had) return samples
  const stretched = new Float32Array(2 * length)
  const [left, right] = [samples.subarray(0, had), samples.subarray(had)]
  for (let i = 0; i < length; i += 1) {
    const at = (i * (had - 1)) / (length - 1)
    const before = Math.min(Math.floor(at), had - 2)
    stretched[i] = curve(left, before, at - before)
    stretched[length + i] = curve(right, before, at - before)
  }
  return stretched
}

/** Between frame `before` and the next one, at a fraction of the way; beyond either end the sound stays as it is there. */
function curve(channel: Float32Array, before: number, t: number): number {
  const b = channel[before] ?? 0
  const c = channel[before + 1] ?? b
  const a = channel[before - 1] ?? b
  const d = channel[before + 2] ?? c
  return b + (t / 2) * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
}
