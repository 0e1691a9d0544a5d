/** Everything is mixed and encoded at this rate; Chrome resamples sources that differ. */
export const SAMPLE_RATE = 48000

/** One reading of the audio clock: this context time is rendered at this time of the page's clock. */
export interface SoundClockReading {
  readonly contextSec: number
  readonly atMs: number
}
