import type { PageStart, PageStats } from '../src/protocol/page-link.ts'
import { nowMs } from './clock.ts'
import { CanvasCompositor, type Compositor, Stage, type Tick, TickClock, tileSizes } from './compositor/index.ts'
import { PictureEncoder, type SendPacket, SoundEncoder, SoundTimeline } from './encode/index.ts'
import type { SoundBlock } from './sound/capture-worklet.ts'
import { SAMPLE_RATE, type SoundClockReading } from './sound/sound-clock.ts'
import type { FromWorker } from './worker-messages.ts'

/** The mix may be this late before its place is taken by silence, so that segments are never held up by sound. */
const SOUND_PATIENCE_MS = 800
const REPORT_MS = 1000

export interface TakeOptions {
  readonly settings: PageStart
  readonly send: SendPacket
  readonly soundPort: MessagePort
  readonly tell: (message: FromWorker) => void
  readonly onFailed: (error: Error) => void
  /** Hears of trouble that the picture survives. */
  readonly onTrouble: (error: Error) => void
}

/** One take in the making: on every tick a picture of the stage, beside it the sound, both on one time line. */
export class Take {
  readonly stage: Stage
  readonly #options: TakeOptions
  readonly #compositor: Compositor
  readonly #pictures: PictureEncoder
  readonly #sounds: SoundEncoder
  readonly #soundTimeline: SoundTimeline
  readonly #clock: TickClock
  readonly #ticksPerSegment: number
  #nextCut = 0
  #dropped = 0
  #composeMs = 0
  #peak = 0
  #reportedMs = 0
  #reportedSizes = ''

  private constructor(options: TakeOptions, sounds: SoundEncoder) {
    const { video, layout, segmentSec } = options.settings
    this.#options = options
    this.stage = new Stage(video, video.fps, layout)
    for (const source of options.settings.sources) this.stage.addSource(source, nowMs())
    this.#compositor = new CanvasCompositor(video, options.onTrouble)
    this.#pictures = new PictureEncoder(video, options.send, options.onFailed)
    this.#sounds = sounds
    this.#warmUp()
    const startMs = nowMs()
    this.#soundTimeline = new SoundTimeline(SAMPLE_RATE, startMs)
    this.#ticksPerSegment = Math.max(1, Math.round(segmentSec * video.fps))
    options.soundPort.onmessage = (event: MessageEvent<SoundBlock>) => this.#takeSound(event.data)
    options.tell({ type: 'started', takeEpochMs: startMs })
    this.#clock = new TickClock({ fps: video.fps, startMs, now: nowMs, onTick: (tick) => this.#onTick(tick) })
  }

  static async start(options: TakeOptions): Promise<Take> {
    const { audioBitrateKbps } = options.settings
    const sounds = await SoundEncoder.open({
      sampleRate: SAMPLE_RATE,
      bitrateKbps: audioBitrateKbps,
      send: options.send,
      onFailed: options.onFailed,
    })
    return new Take(options, sounds)
  }

  /** The next picture begins a segment. */
  cut(): void {
    this.#nextCut = 0
  }

  addSoundClock(reading: SoundClockReading): void {
    this.#soundTimeline.addReading(reading)
  }

  /** Ends the picture and the sound at the same media time; resolves when the last packet is out. */
  async finish(): Promise<void> {
    this.#clock[Symbol.dispose]()
    this.#options.soundPort.onmessage = null
    await this.#pictures.finish()
    await this.#sounds.finish()
  }

  /** The first picture takes Chrome ten times as long as any other. Drawn before the clock starts, it delays no tick. */
  #warmUp(): void {
    const time = { timestampUs: 0, durationUs: 0, nowMs: nowMs() }
    this.#compositor.compose(this.stage.plan(time.nowMs), () => undefined, time).close()
  }

  #onTick(tick: Tick): void {
    const frames = this.stage.advance(tick.atMs)
    if (this.#pictures.isFull) this.#dropped += 1
    else this.#compose(tick, frames)
    this.#fillSound(tick)
    if (tick.atMs - this.#reportedMs >= REPORT_MS) this.#report(tick.atMs)
  }

  #compose(tick: Tick, frames: ReadonlyMap<string, VideoFrame | undefined>): void {
    const { fps } = this.#options.settings.video
    const began = performance.now()
    const plan = this.stage.plan(tick.atMs)
    const picture = this.#compositor.compose(plan, (sourceId) => frames.get(sourceId), {
      timestampUs: Math.round((tick.index * 1e6) / fps),
      durationUs: Math.round(1e6 / fps),
      nowMs: tick.atMs,
    })
    const cut = tick.index >= this.#nextCut
    if (cut) this.#nextCut = tick.index + this.#ticksPerSegment
    this.#pictures.encode(picture, { cut })
    this.#composeMs += (performance.now() - began - this.#composeMs) * 0.1
    this.#tellSizes(tileSizes(plan))
  }

  #takeSound({ frame, samples }: SoundBlock): void {
    if (!this.#soundTimeline.ready) return
    const length = samples.length / 2
    const { silence, skip } = this.#soundTimeline.place(frame, length)
    for (const sample of samples) this.#peak = Math.max(this.#peak, Math.abs(sample))
    this.#sounds.encodeSilence(silence)
    if (skip === 0) this.#sounds.encode(samples)
    else if (skip < length) this.#sounds.encode(withoutHead(samples, skip))
  }

  #fillSound(tick: Tick): void {
    const mediaMs = (tick.index * 1000) / this.#options.settings.video.fps
    this.#sounds.encodeSilence(this.#soundTimeline.fill(mediaMs - SOUND_PATIENCE_MS))
  }

  #report(atMs: number): void {
    this.#reportedMs = atMs
    const { tell } = this.#options
    tell({ type: 'stats', stats: this.#stats() })
    tell({ type: 'picture-delays', delaysMs: this.stage.pictureDelaysMs })
    this.#peak = 0
  }

  #stats(): PageStats {
    return {
      frames: this.#pictures.encoded,
      droppedFrames: this.#dropped,
      missedTicks: this.#clock.missed,
      encodeQueue: this.#pictures.queue,
      composeMs: this.#composeMs,
      sources: this.stage.sourceStats,
      peakDbfs: 20 * Math.log10(Math.max(this.#peak, 1e-5)),
    }
  }

  #tellSizes(sizes: ReturnType<typeof tileSizes>): void {
    const text = JSON.stringify([...sizes])
    if (text === this.#reportedSizes) return
    this.#reportedSizes = text
    this.#options.tell({ type: 'tiles', sizes })
  }
}

/** Planar stereo without its first `skip` frames. */
function withoutHead(samples: Float32Array<ArrayBuffer>, skip: number): Float32Array<ArrayBuffer> {
  const length = samples.length / 2
  const rest = new Float32Array(2 * (length - skip))
  rest.set(samples.subarray(skip, length))
  rest.set(samples.subarray(length + skip), length - skip)
  return rest
}
