import { SAMPLE_RATE } from '../sound-clock.ts'
import { RateConverter } from './rate-converter.ts'
import { REACH, Sinc, type Stereo } from './sinc.ts'

/** 2.7 s: what is decoded ahead, and the longest wait for a picture. */
const RING_FRAMES = 2 ** 17
/** Sound that follows within this of the end before it continues it: times are rounded, samples are not. */
const CONTINUES_SEC = 0.003
/** A place that is off by less is left alone, a farther one is glided to, one beyond at once. */
const GLIDE_FROM_FRAMES = 0.003 * SAMPLE_RATE
const JUMP_FROM_FRAMES = 0.02 * SAMPLE_RATE
/** Close enough to end a glide. */
const GLIDE_TO_FRAMES = 0.0003 * SAMPLE_RATE
/** A glide takes about this long, and plays faster or slower by a hundredth at most. */
const GLIDE_FRAMES = 0.5 * SAMPLE_RATE
const GLIDE_RATE = 0.01
/** Where the sound jumps the old one fades out and the new one in. */
const FADE_FRAMES = 480

/**
 * The sound of one source by its media time, and where it is read for the mix. The place that is read goes on sample by sample; it
 * follows the clock of the source only where that is off so far that it could be seen.
 */
export class SourceSound {
  readonly #left = new Float32Array(RING_FRAMES)
  readonly #right = new Float32Array(RING_FRAMES)
  readonly #glide = new Sinc(1)
  #converter: RateConverter | undefined
  /** Frame numbers of media time at 48 kHz: from where to where there is sound. */
  #from = 0
  #to: number | undefined
  /** The frame that is read next; undefined while nothing is played. */
  #place: number | undefined
  #isGliding = false
  /** It is forgotten with the next that is appended, or when the source plays nothing. */
  #isOver = false

  /** The media time up to which there is sound; undefined before the first. */
  get endSec(): number | undefined {
    return this.#to === undefined || this.#isOver ? undefined : this.#to / SAMPLE_RATE
  }

  /** Adds sound at its media time. What is there already at that time is replaced. */
  append(ptsSec: number, sound: Stereo, sampleRate: number): void {
    this.#forget()
    const continues =
      this.#to !== undefined &&
      Math.abs(ptsSec - (this.#converter?.leadSec ?? 0) - this.#to / SAMPLE_RATE) < CONTINUES_SEC
    const isSameRate = sampleRate === SAMPLE_RATE
    if (isSameRate) this.#converter = undefined
    else if (!continues || this.#converter?.inRate !== sampleRate)
      this.#converter = new RateConverter(sampleRate, SAMPLE_RATE)
    const startSec = ptsSec - (this.#converter?.leadSec ?? 0)
    const converted = this.#converter?.convert(sound) ?? sound
    this.#write(continues && this.#to !== undefined ? this.#to : Math.round(startSec * SAMPLE_RATE), converted)
  }

  /** Forgets all sound, once what is read of it now has faded out: the source has other media, whose times may be the same. */
  clear(): void {
    this.#isOver = true
  }

  #forget(): void {
    if (!this.#isOver) return
    this.#isOver = false
    this.#to = undefined
    this.#converter = undefined
  }

  /**
   * Reads the sound whose media time at the first frame is `sec`, into `out`. Undefined: the source plays nothing. Where there is
   * none it is silence.
   */
  read(sec: number | undefined, out: Stereo): void {
    const { length } = out.left
    const wanted = sec === undefined ? undefined : sec * SAMPLE_RATE
    const place = this.#place
    if (wanted === undefined || place === undefined || Math.abs(wanted - place) > JUMP_FROM_FRAMES) {
      this.#jump(place, wanted === undefined ? undefined : Math.round(wanted), out)
      return
    }
    const off = wanted - place
    if (Math.abs(off) >= GLIDE_FROM_FRAMES) this.#isGliding = true
    if (!this.#isGliding) {
      this.#copy(place, out)
      this.#place = place + length
      return
    }
    const step = 1 + Math.sign(off) * Math.min(GLIDE_RATE, Math.abs(off) / GLIDE_FRAMES)
    this.#stretch(place, step, out)
    this.#place = place + step * length
    if (Math.abs(off) <= GLIDE_TO_FRAMES) {
      this.#isGliding = false
      this.#place = Math.round(this.#place)
    }
  }

  #jump(from: number | undefined, to: number | undefined, out: Stereo): void {
    const { length } = out.left
    this.#isGliding = false
    this.#place = to === undefined ? undefined : to + length
    if (to === undefined) fillSilence(out)
    else this.#copy(to, out)
    const fade = Math.min(FADE_FRAMES, length)
    const old = { left: new Float32Array(fade), right: new Float32Array(fade) }
    if (from !== undefined) this.#copy(Math.round(from), old)
    this.#forget()
    for (let i = 0; i < fade; i += 1) {
      const gain = i / fade
      out.left[i] = (out.left[i] ?? 0) * gain + (old.left[i] ?? 0) * (1 - gain)
      out.right[i] = (out.right[i] ?? 0) * gain + (old.right[i] ?? 0) * (1 - gain)
    }
  }

  #copy(place: number, out: Stereo): void {
    const first = Math.round(place)
    const from = Math.max(first, this.#from)
    const to = Math.min(first + out.left.length, this.#to ?? from)
    if (from > first || to < first + out.left.length) fillSilence(out)
    for (let frame = from; frame < to; ) {
      const at = ringIndex(frame)
      const length = Math.min(to - frame, RING_FRAMES - at)
      out.left.set(this.#left.subarray(at, at + length), frame - first)
      out.right.set(this.#right.subarray(at, at + length), frame - first)
      frame += length
    }
  }

  #stretch(place: number, step: number, out: Stereo): void {
    const first = Math.floor(place) - REACH
    const span = Math.ceil(step * out.left.length) + 2 * REACH + 2
    const around = { left: new Float32Array(span), right: new Float32Array(span) }
    this.#copy(first, around)
    this.#glide.read(around, { place: place - first, step }, out)
  }

  #write(first: number, sound: Stereo): void {
    const end = first + sound.left.length
    const to = this.#to
    if (to === undefined || first < this.#from || first - to > RING_FRAMES) this.#from = first
    else if (first > to) this.#put(to, { left: new Float32Array(first - to), right: new Float32Array(first - to) })
    this.#put(first, sound)
    this.#to = end
    this.#from = Math.max(this.#from, end - RING_FRAMES)
  }

  #put(first: number, { left, right }: Stereo): void {
    for (let done = 0; done < left.length; ) {
      const at = ringIndex(first + done)
      const length = Math.min(left.length - done, RING_FRAMES - at)
      this.#left.set(left.subarray(done, done + length), at)
      this.#right.set(right.subarray(done, done + length), at)
      done += length
    }
  }
}

/** Frame numbers may be negative: a stream's time can begin before zero. */
function ringIndex(frame: number): number {
  return ((frame % RING_FRAMES) + RING_FRAMES) % RING_FRAMES
}

function fillSilence({ left, right }: Stereo): void {
  left.fill(0)
  right.fill(0)
}
