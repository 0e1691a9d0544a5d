import type { PageStart, PageStats, PictureSample } from '../../src/protocol/page-link.ts'
import { InTurn } from '../../src/timing/index.ts'
import { nowMs } from '../clock.ts'
import {
  type Compositor,
  type LiveScene,
  openCompositor,
  PictureSampler,
  type Tick,
  TickClock,
  tileSizes,
} from '../compositor/index.ts'
import {
  AAC_FRAME,
  CutSchedule,
  PictureEncoder,
  type SendPacket,
  SoundEncoder,
  SoundRun,
  SoundTimeline,
} from '../encode/index.ts'
import type { FrameOf } from '../scene/index.ts'
import type { SoundBlock } from '../sound/capture-worklet.ts'
import { LoudnessMeter } from '../sound/loudness-meter.ts'
import { SAMPLE_RATE, type SoundClockReading } from '../sound/sound-clock.ts'
import type { FromWorker } from './messages.ts'

const REPORT_MS = 1000
/**
 * AAC windows overlap by half (ISO/IEC 14496-3), so an encoder needs the frame before to encode one whole: a take that continues
 * another one begins one frame earlier, and the take before it encodes one frame past its end.
 */
const LEAD_FRAMES = 1
const LEAD_MS = (LEAD_FRAMES * AAC_FRAME * 1000) / SAMPLE_RATE

/** The mix, for the one who listens. */
export interface SoundTap {
  onBlock: ((block: SoundBlock) => void) | undefined
}

interface TakeOptions {
  /** Changes made to it before the take starts are in the first picture. */
  readonly scene: LiveScene
  readonly settings: PageStart
  readonly sendPacket: SendPacket
  readonly sound: SoundTap
  readonly send: (message: FromWorker) => void
  readonly onFailed: (error: Error) => void
  /** Called with errors that the picture survives. */
  readonly onWarning: (error: Error) => void
}

interface Opened {
  readonly compositor: Compositor
  readonly sounds: SoundEncoder
  /** No sound is sent from this media time on. */
  readonly end: { us: number }
}

/** Records one take: a picture of the scene on every tick, and the sound, both on one time line. */
export class Take {
  readonly #scene: LiveScene
  readonly #options: TakeOptions
  readonly #compositor: Compositor
  readonly #pictures: PictureEncoder
  readonly #sampler: PictureSampler
  readonly #clock: TickClock
  readonly #cuts: CutSchedule
  readonly #startMs: number
  /** The ticks that are recorded: from `from` to before `to`. */
  #recorded = { from: 0, to: Number.POSITIVE_INFINITY }
  #soundTimeline: SoundTimeline
  #sound: SoundRun | undefined
  /** While the take is paused: the encoder of what follows, because to open one takes a moment. */
  #nextSounds: Promise<SoundEncoder>
  /** Called on the first tick that is not recorded any more. */
  #onPaused: (() => void) | undefined
  /** Pauses, resumes and the end, one after the other. */
  readonly #turns = new InTurn()
  #missedInPause = 0
  #missedBefore = 0
  #dropped = 0
  #composeMs = 0
  #sample: PictureSample | null = null
  #peak = 0
  #reportedMs = 0
  #reportedSizes = ''
  readonly #soundEnd: Opened['end']

  private constructor(options: TakeOptions, { compositor, sounds, end }: Opened, beginMs: number | undefined) {
    const { video, segmentSec, isPaused } = options.settings
    this.#options = options
    this.#scene = options.scene
    this.#compositor = compositor
    this.#sampler = new PictureSampler(compositor.thumbs)
    this.#pictures = new PictureEncoder(video, options.sendPacket, options.onFailed)
    this.#soundEnd = end
    this.#drawLayers()
    const startMs = beginMs ?? nowMs()
    this.#startMs = startMs
    this.#soundTimeline = new SoundTimeline(SAMPLE_RATE, startMs)
    this.#cuts = new CutSchedule({ fps: video.fps, segmentSec, startMs })
    this.#nextSounds = Promise.resolve(sounds)
    options.sound.onBlock = (block) => this.#onSound(block)
    options.send({ type: 'started', takeEpochMs: startMs })
    if (isPaused) {
      this.#recorded.to = 0
      this.#sendPause(0)
    } else this.#beginSound(sounds, 0)
    this.#clock = new TickClock({ fps: video.fps, startMs, now: nowMs, onTick: (tick) => this.#onTick(tick) })
  }

  /** Resolves with the function that begins the take: now, or at a time of the page's clock that may be in the future. */
  static async prepare(options: TakeOptions): Promise<(startMs?: number) => Take> {
    const end = { us: Number.POSITIVE_INFINITY }
    const leadFrames = options.settings.handover === null ? 0 : LEAD_FRAMES
    const [sounds, compositor] = await Promise.all([
      openSounds(options, { end, leadFrames }),
      openCompositor({ size: options.settings.video, kind: options.settings.compositor, onError: options.onWarning }),
    ])
    return (startMs) => new Take(options, { compositor, sounds, end }, startMs)
  }

  /** The next picture, or the first one not before this wall time, begins a segment, as `CutSchedule` promises. */
  cut(atMs?: number): void {
    this.#cuts.ask(atMs)
  }

  addSoundClock(reading: SoundClockReading): void {
    this.#soundTimeline.addReading(reading)
  }

  /**
   * Ends the picture and the sound with the next picture, to the sample; resolves when all was sent. From then on the scene
   * advances and nothing is encoded. Idempotent.
   */
  pause(): Promise<void> {
    return this.#turns.run(async () => {
      if (this.#sound === undefined) return
      const tick = this.#clock.nextFrom(nowMs())
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#recorded.to = tick
      this.#onPaused = resolve
      await promise
      await this.#pictures.flush()
      await this.#sound.endAt(this.#mediaMs(tick - this.#recorded.from))
      this.#sound = undefined
      this.#sendPause(tick)
      this.#nextSounds = openSounds(this.#options, { end: this.#soundEnd, leadFrames: 0 })
    })
  }

  /** Resumes with the next picture, which begins a segment. Idempotent. */
  resume(): Promise<void> {
    return this.#turns.run(async () => {
      if (this.#sound !== undefined) return
      const sounds = await this.#nextSounds
      const from = this.#clock.nextFrom(nowMs())
      this.#recorded = { from, to: Number.POSITIVE_INFINITY }
      this.#cuts.restart()
      this.#beginSound(sounds, from)
    })
  }

  /** Ends the picture and the sound at the same media time; resolves when the last packet is out. */
  finish(): Promise<void> {
    return this.#turns.run(() => this.#close())
  }

  /**
   * Ends with the picture before this time of the page's clock, and the sound with it, for another page to continue; resolves
   * when the last packet is out.
   */
  finishAt(atMs: number): Promise<void> {
    const { fps } = this.#options.settings.video
    const tick = Math.round(((atMs - this.#startMs) * fps) / 1000)
    this.#soundEnd.us = this.#timestampUs(tick) - 1
    return this.#turns.run(async () => {
      if (this.#sound !== undefined) {
        const { promise, resolve } = Promise.withResolvers<void>()
        this.#recorded.to = tick
        this.#onPaused = resolve
        await promise
        await this.#sound.endAt(this.#mediaMs(tick - this.#recorded.from) + LEAD_MS)
        this.#sound = undefined
      }
      await this.#close()
    })
  }

  async #close(): Promise<void> {
    this.#clock[Symbol.dispose]()
    this.#options.sound.onBlock = undefined
    await this.#pictures.finish()
    await this.#sound?.finish()
  }

  #mediaMs(ticks: number): number {
    return (ticks * 1000) / this.#options.settings.video.fps
  }

  #timestampUs(tick: number): number {
    return Math.round(this.#mediaMs(tick) * 1000)
  }

  #beginSound(encoder: SoundEncoder, tick: number): void {
    const { send, settings } = this.#options
    const beginMs = this.#startMs + this.#mediaMs(tick)
    const leadMs = tick === 0 && settings.handover !== null ? LEAD_MS : 0
    const sendLoudness = (endSec: number, lufs: number): void =>
      send({ type: 'loudness', atMs: beginMs - leadMs + endSec * 1000, lufs })
    encoder.beginAt(this.#timestampUs(tick))
    this.#soundTimeline = this.#soundTimeline.begin(beginMs - leadMs)
    this.#sound = new SoundRun({
      encoder,
      leadMs,
      timeline: this.#soundTimeline,
      meter: settings.measureLoudness ? new LoudnessMeter(sendLoudness) : undefined,
    })
  }

  /** The packet follows everything that was recorded before this tick. */
  #sendPause(tick: number): void {
    const timestampUs = this.#timestampUs(tick)
    this.#options.sendPacket({
      kind: 'pause',
      key: false,
      cut: false,
      timestampUs,
      durationUs: 0,
      data: new Uint8Array(),
    })
  }

  /** Draws the layers of labels, chat and whiteboard into the cache: otherwise the first picture would delay its tick. */
  #drawLayers(): void {
    const time = { timestampUs: 0, durationUs: 0, nowMs: nowMs() }
    this.#compositor.compose(this.#scene.plan(time.nowMs), () => undefined, time).close()
  }

  #onTick(tick: Tick): void {
    const frames = this.#scene.advance(tick.atMs)
    const { from, to } = this.#recorded
    if (tick.index < from || tick.index >= to) this.#skip(tick)
    else if (this.#pictures.isFull) this.#dropped += 1
    else this.#compose(tick, frames)
    this.#missedBefore = this.#clock.missed
    this.#sound?.fill(this.#mediaMs(tick.index - from))
    if (this.#isReportDue(tick)) this.#report(tick.atMs)
  }

  /** Advances the scene without a picture, so that the first picture after the pause is right; sources still get their sizes. */
  #skip(tick: Tick): void {
    this.#missedInPause += this.#clock.missed - this.#missedBefore
    this.#sendSizes(tileSizes(this.#scene.plan(tick.atMs)))
    this.#onPaused?.()
  }

  #isReportDue({ atMs }: Tick): boolean {
    return atMs - this.#reportedMs >= REPORT_MS
  }

  #compose(tick: Tick, frames: ReadonlyMap<string, VideoFrame | undefined>): void {
    const { fps } = this.#options.settings.video
    const began = performance.now()
    const plan = this.#scene.plan(tick.atMs)
    const frameOf: FrameOf = (sourceId) => frames.get(sourceId)
    const picture = this.#compositor.compose(plan, frameOf, {
      timestampUs: this.#timestampUs(tick.index),
      durationUs: Math.round(1e6 / fps),
      nowMs: tick.atMs,
    })
    if (this.#isReportDue(tick)) this.#sample = this.#sampler.sample(plan, frameOf)
    if (this.#sendSizes(tileSizes(plan))) this.#pictures.expectChange()
    this.#pictures.encode(picture, { cut: this.#cuts.take(tick.index) })
    this.#composeMs += (performance.now() - began - this.#composeMs) * 0.1
  }

  #onSound(block: SoundBlock): void {
    for (const sample of block.samples) this.#peak = Math.max(this.#peak, Math.abs(sample))
    this.#sound?.add(block)
  }

  #report(atMs: number): void {
    this.#reportedMs = atMs
    const { send } = this.#options
    send({ type: 'stats', stats: this.#stats() })
    send({ type: 'pacing', delaysMs: this.#scene.soundDelaysMs, mediaZeroMs: this.#scene.mediaZeroMs })
    this.#peak = 0
    this.#sample = null
  }

  #stats(): PageStats {
    return {
      frames: this.#pictures.encoded,
      droppedFrames: this.#dropped,
      missedTicks: this.#clock.missed - this.#missedInPause,
      encodeQueue: this.#pictures.queue,
      composeMs: this.#composeMs,
      sources: this.#scene.sourceStats,
      picture: this.#sample,
      peakDbfs: 20 * Math.log10(Math.max(this.#peak, 1e-5)),
    }
  }

  /** True where the sizes are others than before: another layout, or another person in it. */
  #sendSizes(sizes: ReturnType<typeof tileSizes>): boolean {
    const text = JSON.stringify([...sizes])
    if (text === this.#reportedSizes) return false
    this.#reportedSizes = text
    this.#options.send({ type: 'tiles', sizes })
    return true
  }
}

function openSounds(
  { settings, sendPacket, onFailed }: TakeOptions,
  { end, leadFrames }: { readonly end: Opened['end']; readonly leadFrames: number },
): Promise<SoundEncoder> {
  return SoundEncoder.open({
    sampleRate: SAMPLE_RATE,
    bitrateKbps: settings.audioBitrateKbps,
    leadFrames,
    send: (packet) => {
      if (packet.timestampUs < end.us) sendPacket(packet)
    },
    onFailed,
  })
}
