import type { SoundBlock } from '../capture-worklet.ts'
import { SAMPLE_RATE, type SoundClockReading } from '../sound-clock.ts'
import type { SourceSound } from './source-sound.ts'

const READINGS = 7

/** The mix of what media elements play, as one source of the whole mix: its media time is that of its audio context. */
export class ElementSound {
  #offsetsMs: readonly number[] = []
  #sound: SourceSound | undefined

  appendTo(sound: SourceSound): void {
    this.#sound = sound
  }

  addReading({ atMs, contextSec }: SoundClockReading): void {
    this.#offsetsMs = [...this.#offsetsMs, atMs - contextSec * 1000].slice(-READINGS)
  }

  /** By the median reading: single ones jitter. */
  get playback(): { readonly sec: number; readonly atMs: number; readonly rate: number } | undefined {
    const atMs = this.#offsetsMs.toSorted((a, b) => a - b)[this.#offsetsMs.length >> 1]
    return atMs === undefined ? undefined : { sec: 0, atMs, rate: 1 }
  }

  add({ frame, samples }: SoundBlock): void {
    const length = samples.length / 2
    const stereo = { left: samples.subarray(0, length), right: samples.subarray(length) }
    this.#sound?.append(frame / SAMPLE_RATE, stereo, SAMPLE_RATE)
  }
}
