import { clockMs } from '../clock.ts'
import workletUrl from './capture-worklet.ts?worker&url'
import { SAMPLE_RATE, type SoundClockReading } from './sound-clock.ts'
import { SourceChannel } from './source-channel.ts'

/** One WebAudio mix of all sources. Its limited sound leaves through `port` as `SoundBlock`s, straight to the worker. */
export class Mixer {
  readonly #context: AudioContext
  readonly #capture: AudioWorkletNode
  readonly #channels = new Map<string, SourceChannel>()

  private constructor(context: AudioContext, capture: AudioWorkletNode) {
    this.#context = context
    this.#capture = capture
    capture.connect(context.destination)
  }

  static async open(port: MessagePort): Promise<Mixer> {
    const context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: 'interactive' })
    await context.audioWorklet.addModule(workletUrl)
    await context.resume()
    const capture = new AudioWorkletNode(context, 'capture', {
      numberOfOutputs: 1,
      channelCount: 2,
      channelCountMode: 'explicit',
      channelInterpretation: 'speakers',
    })
    capture.port.postMessage(port, [port])
    return new Mixer(context, capture)
  }

  /** Adds the sound of a media element, or of a stream that comes later by `setStream`. */
  addSource(sourceId: string, element: HTMLVideoElement | undefined): void {
    this.#channels.set(sourceId, new SourceChannel(this.#context, this.#capture, element))
  }

  removeSource(sourceId: string): void {
    this.#channels.get(sourceId)?.[Symbol.dispose]()
    this.#channels.delete(sourceId)
  }

  setStream(sourceId: string, stream: MediaStream | null): void {
    this.#channels.get(sourceId)?.setStream(stream)
  }

  setMuted(sourceId: string, muted: boolean): void {
    this.#channels.get(sourceId)?.setMuted(muted)
  }

  /** Delays a source's sound by what its picture is delayed, so that lips match. */
  setDelay(sourceId: string, delayMs: number): void {
    this.#channels.get(sourceId)?.setDelay(delayMs)
  }

  /** Loudness of each source since the last call, RMS from 0 to 1. */
  levels(): Map<string, number> {
    return new Map([...this.#channels].map(([sourceId, channel]) => [sourceId, channel.level()]))
  }

  /** How much later than it is rendered sound leaves the output device. */
  get outputLatencyMs(): number {
    return (this.#context.baseLatency + this.#context.outputLatency) * 1000
  }

  /**
   * The reading excludes the output latency: a media element shows the picture of a sample when the context renders that
   * sample, not when the device plays it.
   */
  readClock(): SoundClockReading {
    const stamp = this.#context.getOutputTimestamp()
    return {
      contextSec: (stamp.contextTime ?? 0) + this.outputLatencyMs / 1000,
      atMs: clockMs(stamp.performanceTime ?? 0),
    }
  }
}
