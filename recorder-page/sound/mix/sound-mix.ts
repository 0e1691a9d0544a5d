import type { SoundBlock } from '../capture-worklet.ts'
import { Limiter } from '../limiter.ts'
import { SAMPLE_RATE } from '../sound-clock.ts'
import type { Stereo } from './sinc.ts'
import { SourceSound } from './source-sound.ts'

/** The size of an AAC frame (ISO/IEC 14496-3 §4.5.1.1). */
const BLOCK_FRAMES = 1024
/** Sound that is expected and does not come is waited for this long. */
const PATIENCE_MS = 300
/** A mix that was held up for longer leaves that out: nobody waits for it any more. */
const LONGEST_GAP_MS = 2000
const MUTE_RAMP_FRAMES = 0.01 * SAMPLE_RATE

interface MixOptions {
  /** The time of the first frame on the page's clock. */
  readonly startMs: number
  /** Takes ownership of the samples. */
  readonly onBlock: (block: SoundBlock) => void
}

/** Media time `sec` is heard at `atMs` on the page's clock, and what is before and after it at this rate. */
interface Playback {
  readonly sec: number
  readonly atMs: number
  readonly rate: number
}

/** What the mix needs to know of a source. */
interface MixInput {
  /** Where its sound is to be heard in the recording; undefined while nothing is played. */
  playback(): Playback | undefined
}

interface Channel {
  readonly sound: SourceSound
  readonly input: MixInput
  gain: number
  isMuted: boolean
  energy: number
  frames: number
}

/**
 * The mix of all sources by the time of their samples: whatever comes early enough is where it belongs, to the sample. Blocks follow
 * each other without a hole from `startMs` on; their frames are counted from there.
 */
export class SoundMix {
  readonly #options: MixOptions
  readonly #limiter = new Limiter(SAMPLE_RATE)
  readonly #channels = new Map<string, Channel>()
  readonly #scratch: Stereo = { left: new Float32Array(BLOCK_FRAMES), right: new Float32Array(BLOCK_FRAMES) }
  #next = 0

  constructor(options: MixOptions) {
    this.#options = options
  }

  /** Sound is appended to what is returned. */
  add(sourceId: string, input: MixInput): SourceSound {
    const sound = new SourceSound()
    this.#channels.set(sourceId, { sound, input, gain: 1, isMuted: false, energy: 0, frames: 0 })
    return sound
  }

  remove(sourceId: string): void {
    this.#channels.delete(sourceId)
  }

  setMuted(sourceId: string, isMuted: boolean): void {
    const channel = this.#channels.get(sourceId)
    if (channel !== undefined) channel.isMuted = isMuted
  }

  /** Mixes everything until now that is there, or was waited for long enough. Called every few ten milliseconds. */
  pump(nowMs: number): void {
    const until = this.#frameAt(Math.max(this.#readyMs(nowMs), nowMs - PATIENCE_MS))
    this.#next = Math.max(this.#next, this.#frameAt(nowMs - LONGEST_GAP_MS))
    for (; this.#next + BLOCK_FRAMES <= until; this.#next += BLOCK_FRAMES) this.#mixBlock()
  }

  /** Loudness of each source since the last call, RMS from 0 to 1, as it is heard. */
  levels(): Map<string, number> {
    return new Map([...this.#channels].map(([sourceId, channel]) => [sourceId, takeLevel(channel)]))
  }

  /** Until when the sound of every source that plays is there, now at the latest. */
  #readyMs(nowMs: number): number {
    let readyMs = nowMs
    for (const { input, sound } of this.#channels.values()) {
      const [playback, endSec] = [input.playback(), sound.endSec]
      if (playback !== undefined && endSec !== undefined) readyMs = Math.min(readyMs, msAt(playback, endSec))
    }
    return readyMs
  }

  #frameAt(ms: number): number {
    return Math.floor(((ms - this.#options.startMs) * SAMPLE_RATE) / 1000)
  }

  #mixBlock(): void {
    const samples = new Float32Array(2 * BLOCK_FRAMES)
    const mixed = { left: samples.subarray(0, BLOCK_FRAMES), right: samples.subarray(BLOCK_FRAMES) }
    const atMs = this.#options.startMs + (this.#next * 1000) / SAMPLE_RATE
    for (const channel of this.#channels.values()) {
      const playback = channel.input.playback()
      channel.sound.read(playback === undefined ? undefined : secAt(playback, atMs), this.#scratch)
      addTo(mixed, this.#scratch, channel)
    }
    this.#limiter.process(mixed.left, mixed.right)
    this.#options.onBlock({ frame: this.#next - this.#limiter.lookAheadFrames, samples })
  }
}

function msAt({ sec, atMs, rate }: Playback, mediaSec: number): number {
  return atMs + ((mediaSec - sec) * 1000) / rate
}

function secAt({ sec, atMs, rate }: Playback, ms: number): number {
  return sec + ((ms - atMs) * rate) / 1000
}

function addTo(mixed: Stereo, { left, right }: Stereo, channel: Channel): void {
  const target = channel.isMuted ? 0 : 1
  channel.frames += left.length
  if (channel.gain === 0 && target === 0) return
  for (let i = 0; i < left.length; i += 1) {
    if (channel.gain !== target) channel.gain = ramped(channel.gain, target)
    const heardLeft = (left[i] ?? 0) * channel.gain
    const heardRight = (right[i] ?? 0) * channel.gain
    mixed.left[i] = (mixed.left[i] ?? 0) + heardLeft
    mixed.right[i] = (mixed.right[i] ?? 0) + heardRight
    channel.energy += heardLeft * heardLeft + heardRight * heardRight
  }
}

function ramped(gain: number, target: number): number {
  const step = 1 / MUTE_RAMP_FRAMES
  return target > gain ? Math.min(target, gain + step) : Math.max(target, gain - step)
}

function takeLevel(channel: Channel): number {
  const level = channel.frames === 0 ? 0 : Math.sqrt(channel.energy / (2 * channel.frames))
  channel.energy = 0
  channel.frames = 0
  return level
}
