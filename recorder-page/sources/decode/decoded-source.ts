import { AppError } from '../../../src/protocol/app-error.ts'
import { assertNever } from '../../../src/protocol/assert-never.ts'
import type { SourceState } from '../../../src/protocol/sources.ts'
import type { DecodableSource } from '../decodable.ts'
import type { SourceDriver, SourceListener, SteerChange } from '../driver/source-driver.ts'
import { SourceStatus } from '../driver/source-status.ts'
import type { TileSize } from '../driver/tile-size.ts'
import type { FrameTimes } from '../frames/frame-tap.ts'
import { pollFrames } from '../frames/poll-frames.ts'
import { HlsDriver } from '../hls/hls-driver.ts'
import { DecodedMedia } from './decoded-media.ts'
import { DecodedPlayer, type PlayerEvent } from './decoded-player.ts'
import { FileDriver } from './file-driver.ts'
import { decodingConfig } from './hls-buffer.ts'
import { LiveDrift } from './live-drift.ts'
import type { Playback } from './play-clock.ts'
import type { MediaKind, Sample, StreamConfig } from './sample.ts'

/** After its end a source's last sound is still to be heard: it waits for its picture. */
const LAST_SOUND_MS = 1000

interface DecodedSourceListener extends Omit<SourceListener, 'onStream'> {
  /** Takes ownership of the frame; it may be ahead of its time. */
  onFrame(frame: VideoFrame, times: FrameTimes): void
  /** Takes ownership of the sound. */
  onSound(sound: AudioData, ptsSec: number): void
  /** All sound that came has gone with its media: what comes now may have the same times, and is another. */
  onEmptied(): void
  /** It has a codec that WebCodecs does not decode: a media element may. */
  onUnsupported(codec: string): void
}

interface DecodedSourceOptions {
  readonly spec: DecodableSource
  /** The page's clock. */
  readonly nowMs: () => number
  readonly listener: DecodedSourceListener
}

/** A source that is played in the worker, without an element. It is open until it is disposed, and gets every error by itself. */
export class DecodedSource implements AsyncDisposable {
  readonly spec: DecodableSource
  readonly #options: DecodedSourceOptions
  readonly #player: DecodedPlayer
  readonly #media: DecodedMedia
  readonly #status: SourceStatus
  readonly #driver: SourceDriver
  readonly #poll: Disposable
  readonly #drift = new LiveDrift()
  readonly #known = new Set<string>()
  #steeredRate = 1
  #endedMs: number | undefined

  constructor(options: DecodedSourceOptions) {
    this.spec = options.spec
    this.#options = options
    this.#player = new DecodedPlayer({
      now: options.nowMs,
      onFrame: (frame, sample) => options.listener.onFrame(frame, this.#timesOf(sample)),
      onSound: (sound, sample) => options.listener.onSound(sound, sample.ptsSec),
      onError: (error, kind) => this.#onDecoderError(error, kind),
      onEvent: (event) => this.#onEvent(event),
    })
    this.#media = new DecodedMedia(this.#player)
    const listener: SourceListener = {
      onState: (state, error) => options.listener.onState(state, error),
      onStream: () => undefined,
      onLog: (level, message, details) => options.listener.onLog(level, message, details),
    }
    this.#status = new SourceStatus(listener, () => performance.now())
    this.#driver = this.#open(listener)
    const player = this.#player
    const shown = {
      get frames() {
        return player.played
      },
      get hasEnded() {
        return player.hasEnded
      },
    }
    this.#poll = pollFrames(shown, this.#status, this.#driver)
  }

  get state(): SourceState {
    return this.#status.state
  }

  /** Where its sound is; undefined while nothing is played. */
  get soundPlayback(): Playback | undefined {
    const { clock } = this.#player
    const isEnding = this.#endedMs !== undefined && this.#options.nowMs() - this.#endedMs < LAST_SOUND_MS
    return clock.runs || isEnding ? clock.playback : undefined
  }

  /** How large it is drawn; undefined while the layout hides it. */
  setTileSize(size: TileSize | undefined): void {
    this.#player.setHidden(size === undefined)
    if (size !== undefined) this.#driver.setTileSize(size)
  }

  positionOf(times: FrameTimes): ReturnType<SourceDriver['positionOf']> {
    return this.#driver.positionOf(times)
  }

  /** Moves it by so much media, or sets its rate. */
  steer(change: SteerChange): void {
    if ('byMs' in change) this.#driver.seek(Math.max(0, this.#player.clock.sec + change.byMs / 1000))
    else {
      this.#steeredRate = change.rate
      this.#setRate()
    }
  }

  /** Called every few ten milliseconds. */
  tick(): void {
    this.#player.tick()
    this.#media.tick(performance.now())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#poll[Symbol.dispose]()
    this.#status.close()
    await this.#driver[Symbol.asyncDispose]()
    this.#player.clear(0)
  }

  #open(listener: SourceListener): SourceDriver {
    const { spec } = this
    const status = this.#status
    const onConfig = (config: StreamConfig | undefined): void => void this.#check(config)
    switch (spec.type) {
      case 'hls': {
        const stage = {
          player: this.#player,
          media: this.#media,
          onConfig,
          onEdge: (edgeSec: number, segmentSec: number) => this.#onEdge(edgeSec, segmentSec),
        }
        return new HlsDriver({ spec, element: this.#media.asElement, status, listener, hls: decodingConfig(stage) })
      }
      case 'video':
        return new FileDriver({ spec, status, listener, player: this.#player, onConfig })
      default:
        return assertNever(spec)
    }
  }

  /** The times of a decoded sample are the stream's own, and its sound is played when its picture is: nothing is estimated. */
  #timesOf({ ptsSec, origin }: Sample): FrameTimes {
    const presentMs = this.#player.clock.msAt(ptsSec)
    const { stretch, shiftSec } = origin
    return {
      mediaMs: ptsSec * 1000,
      presentMs,
      soundMs: presentMs,
      rtpTimestamp: undefined,
      origin: { stretch, shiftMs: shiftSec * 1000 },
    }
  }

  #onEvent(event: PlayerEvent): void {
    if (event === 'seeking' || event === 'waiting') this.#restartDrift()
    this.#endedMs = event === 'ended' ? this.#options.nowMs() : undefined
    if (event === 'emptied') this.#options.listener.onEmptied()
    this.#media.onPlayer(event)
    if (event === 'ended' && this.spec.type === 'video') this.#status.end()
  }

  #onEdge(edgeSec: number, segmentSec: number): void {
    const { clock } = this.#player
    if (!clock.runs || this.#media.duration !== Number.POSITIVE_INFINITY) return
    this.#drift.add((edgeSec - clock.sec) * 1000, segmentSec * 1000, this.#options.nowMs())
    this.#setRate()
  }

  #restartDrift(): void {
    this.#drift.restart()
    this.#setRate()
  }

  #setRate(): void {
    this.#player.clock.rate = this.#steeredRate * this.#drift.rate
  }

  #onDecoderError(error: Error, kind: MediaKind): void {
    const trouble = new AppError('source.media-error', `The ${kind} of the source has a part that cannot be decoded.`, {
      received: error.message,
    })
    const { code, message, received } = trouble
    this.#options.listener.onLog(this.#status.trouble(trouble) ? 'warn' : 'debug', message, { code, received })
  }

  async #check(config: StreamConfig | undefined): Promise<void> {
    if (config === undefined) return this.#options.listener.onUnsupported('unknown')
    if (this.#known.has(config.key)) return
    this.#known.add(config.key)
    const { supported } = await (config.kind === 'video'
      ? VideoDecoder.isConfigSupported(config.decoder)
      : AudioDecoder.isConfigSupported(config.decoder)
    ).catch(() => ({ supported: false }))
    if (supported !== true) this.#options.listener.onUnsupported(config.decoder.codec)
  }
}
