/** Longer than any picture delay, with room for a browser that is far behind. */
const MAX_DELAY_SEC = 1
/** A smaller change of delay is inaudible, and not worth a change of pitch. */
const DELAY_STEP_MS = 3
/** The time constant of a change of delay: a shift of 10 ms then bends the pitch by about 1 %. */
const DELAY_GLIDE_SEC = 0.3
const MUTE_RAMP_SEC = 0.01

/** One source's channel of the mix: its sound, delayed to match its picture, muted or not, and measured. */
export class SourceChannel implements Disposable {
  readonly #context: AudioContext
  readonly #delay: DelayNode
  readonly #gain: GainNode
  readonly #meter: AnalyserNode
  readonly #samples: Float32Array<ArrayBuffer>
  #input: AudioNode | undefined
  #delayMs: number | undefined
  #muted = false

  constructor(context: AudioContext, mix: AudioNode, element: HTMLVideoElement | undefined) {
    this.#context = context
    this.#delay = new DelayNode(context, { maxDelayTime: MAX_DELAY_SEC })
    this.#gain = new GainNode(context)
    this.#meter = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 })
    this.#samples = new Float32Array(this.#meter.fftSize)
    this.#delay.connect(this.#gain).connect(mix)
    this.#gain.connect(this.#meter)
    if (element !== undefined) this.#setInput(context.createMediaElementSource(element))
  }

  setStream(stream: MediaStream | null): void {
    const hasSound = stream !== null && stream.getAudioTracks().length > 0
    this.#setInput(hasSound ? this.#context.createMediaStreamSource(stream) : undefined)
  }

  setMuted(muted: boolean): void {
    if (muted === this.#muted) return
    this.#muted = muted
    this.#gain.gain.setTargetAtTime(muted ? 0 : 1, this.#context.currentTime, MUTE_RAMP_SEC)
  }

  setDelay(delayMs: number): void {
    if (this.#delayMs !== undefined && Math.abs(delayMs - this.#delayMs) < DELAY_STEP_MS) return
    const wholeSamples = Math.round((delayMs / 1000) * this.#context.sampleRate) / this.#context.sampleRate
    const delaySec = Math.min(MAX_DELAY_SEC, Math.max(0, wholeSamples))
    if (this.#delayMs === undefined) this.#delay.delayTime.value = delaySec
    else this.#delay.delayTime.setTargetAtTime(delaySec, this.#context.currentTime, DELAY_GLIDE_SEC)
    this.#delayMs = delayMs
  }

  level(): number {
    this.#meter.getFloatTimeDomainData(this.#samples)
    let sum = 0
    for (const sample of this.#samples) sum += sample * sample
    return Math.sqrt(sum / this.#samples.length)
  }

  [Symbol.dispose](): void {
    this.#setInput(undefined)
    this.#delay.disconnect()
    this.#gain.disconnect()
    this.#meter.disconnect()
  }

  #setInput(input: AudioNode | undefined): void {
    this.#input?.disconnect()
    this.#input = input
    input?.connect(this.#delay)
  }
}
