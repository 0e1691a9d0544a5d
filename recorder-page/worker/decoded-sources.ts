import type { SourceSpec } from '../../src/protocol/sources.ts'
import { type Repeater, repeat } from '../../src/timing/index.ts'
import { nowMs } from '../clock.ts'
import type { LiveScene } from '../compositor/index.ts'
import { PlayWatch } from '../handover/index.ts'
import { ActiveSpeaker } from '../sound/active-speaker.ts'
import type { SoundBlock } from '../sound/capture-worklet.ts'
import { ElementSound, SoundMix, stereoOf } from '../sound/mix/index.ts'
import type { SoundClockReading } from '../sound/sound-clock.ts'
import type { DecodableSource } from '../sources/decodable.ts'
import { DecodedSource } from '../sources/decode/decoded-source.ts'
import type { FrameTimes } from '../sources/frames/frame-tap.ts'
import type { SteerChange, TileSize } from '../sources/index.ts'
import type { DecodedPlace, FromWorker } from './messages.ts'

/** Well below what is decoded ahead, and below the length of a picture. */
const PUMP_EVERY_MS = 25
const LEVELS_EVERY_MS = 100
/** A picture that the layout hides is decoded on for so long: layouts change back and forth. */
const HIDDEN_AFTER_MS = 2000
/** The channel of everything that elements play. No source has this id: a name has no space. */
const ELEMENTS = 'all elements'

interface DecodedSourcesOptions {
  readonly scene: LiveScene
  readonly send: (message: FromWorker) => void
  /** Takes ownership of the samples. */
  readonly onBlock: (block: SoundBlock) => void
}

interface Open {
  readonly source: DecodedSource
  readonly watch: PlayWatch
  steers: number
  lastShownMs: number
}

/** All sources that are decoded in the worker, and the one mix of these and of what elements play. */
export class DecodedSources implements AsyncDisposable {
  readonly #options: DecodedSourcesOptions
  readonly #open = new Map<string, Open>()
  readonly #mix: SoundMix
  readonly #elements = new ElementSound()
  readonly #speaker = new ActiveSpeaker()
  readonly #repeaters: readonly Repeater[]
  readonly #startMs = nowMs()
  #elementLevels: ReadonlyMap<string, number> = new Map()
  #delaysMs: ReadonlyMap<string, number> = new Map()
  #sizes: ReadonlyMap<string, TileSize> | undefined
  #activeSource: string | null = null

  constructor(options: DecodedSourcesOptions) {
    this.#options = options
    this.#mix = new SoundMix({ startMs: this.#startMs, onBlock: options.onBlock })
    this.#elements.appendTo(this.#mix.add(ELEMENTS, { playback: () => this.#elements.playback }))
    this.#repeaters = [
      repeat({ everyMs: PUMP_EVERY_MS, work: () => this.#pump() }),
      repeat({ everyMs: LEVELS_EVERY_MS, work: () => this.#measure() }),
    ]
  }

  /** The frames of the mix are counted from its beginning. */
  get soundClock(): SoundClockReading {
    return { contextSec: 0, atMs: this.#startMs }
  }

  add(spec: DecodableSource): void {
    const { id } = spec
    const watch = new PlayWatch()
    const source: DecodedSource = new DecodedSource({
      spec,
      nowMs,
      listener: {
        onState: (state, error) => {
          this.#options.scene.setSourceState(id, state, nowMs())
          this.#options.send({ type: 'source', sourceId: id, state, error })
        },
        onLog: (level, message, details) => this.#log(level, message, { sourceId: id, ...details }),
        onFrame: (frame, times) => this.#onFrame(id, frame, times),
        onSound: (data, ptsSec) => {
          sound.append(ptsSec, stereoOf(data), data.sampleRate)
          data.close()
        },
        onEmptied: () => sound.clear(),
        onUnsupported: (codec) => this.#playByElement(spec, codec),
      },
    })
    const sound = this.#mix.add(id, { playback: () => this.#recordedSound(id, source) })
    this.#mix.setMuted(id, spec.muted === true)
    this.#open.set(id, { source, watch, steers: 0, lastShownMs: this.#lastShownMs(id) })
  }

  async remove(sourceId: string): Promise<void> {
    const open = this.#open.get(sourceId)
    if (open === undefined) return
    this.#open.delete(sourceId)
    this.#mix.remove(sourceId)
    await open.source[Symbol.asyncDispose]()
  }

  /** Mutes exactly these sources. */
  setMuted(mutedIds: ReadonlySet<string>): void {
    for (const sourceId of this.#open.keys()) this.#mix.setMuted(sourceId, mutedIds.has(sourceId))
  }

  /** How large each source is drawn now; those that are left out are hidden. */
  setTileSizes(sizes: ReadonlyMap<string, TileSize>): void {
    this.#sizes = sizes
    for (const [sourceId, open] of this.#open) {
      const size = sizes.get(sourceId)
      open.lastShownMs = size === undefined ? Math.min(open.lastShownMs, nowMs()) : Number.POSITIVE_INFINITY
      if (size !== undefined) open.source.setTileSize(size)
    }
  }

  setElementLevels(levels: ReadonlyMap<string, number>): void {
    this.#elementLevels = levels
  }

  addElementReading(reading: SoundClockReading): void {
    this.#elements.addReading(reading)
  }

  addElementSound(block: SoundBlock): void {
    this.#elements.add(block)
  }

  steer(sourceId: string, change: SteerChange): void {
    const open = this.#open.get(sourceId)
    if (open === undefined) return
    open.source.steer(change)
    open.watch.reset()
    open.steers += 1
  }

  get places(): ReadonlyMap<string, DecodedPlace> {
    return new Map([...this.#open].map(([id, { watch, steers }]) => [id, { played: watch.played, steers }]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const repeater of this.#repeaters) repeater[Symbol.dispose]()
    await Promise.all([...this.#open.keys()].map((sourceId) => this.remove(sourceId)))
  }

  #pump(): void {
    this.#delaysMs = this.#options.scene.soundDelaysMs
    for (const { source } of this.#open.values()) source.tick()
    this.#mix.pump(nowMs())
  }

  #measure(): void {
    const levels = this.#mix.levels()
    levels.delete(ELEMENTS)
    for (const [sourceId, level] of this.#elementLevels) levels.set(sourceId, level)
    const activeSource = this.#speaker.update(levels, nowMs())
    this.#options.scene.setLevels(levels, activeSource)
    if (activeSource !== this.#activeSource) this.#options.send({ type: 'active-speaker', sourceId: activeSource })
    this.#activeSource = activeSource
    this.#hide()
  }

  #lastShownMs(sourceId: string): number {
    return this.#sizes === undefined || this.#sizes.has(sourceId) ? Number.POSITIVE_INFINITY : nowMs()
  }

  #hide(): void {
    for (const { source, lastShownMs } of this.#open.values())
      if (nowMs() - lastShownMs > HIDDEN_AFTER_MS) source.setTileSize(undefined)
  }

  #onFrame(sourceId: string, frame: VideoFrame, times: FrameTimes): void {
    const open = this.#open.get(sourceId)
    if (open === undefined) return frame.close()
    open.watch.onFrame(times, open.source.positionOf(times))
    this.#options.scene.pushFrame(sourceId, frame, { ...times, soundLagMs: undefined })
  }

  /** The sound waits for its picture. */
  #recordedSound(sourceId: string, { soundPlayback }: DecodedSource): DecodedSource['soundPlayback'] {
    if (soundPlayback === undefined) return undefined
    return { ...soundPlayback, atMs: soundPlayback.atMs + (this.#delaysMs.get(sourceId) ?? 0) }
  }

  #playByElement(source: SourceSpec, codec: string): void {
    if (!this.#open.has(source.id)) return
    this.#log('info', 'The source is played by a media element: WebCodecs does not decode it.', {
      sourceId: source.id,
      received: codec,
    })
    void this.remove(source.id)
    this.#options.send({ type: 'play-by-element', source })
    if (this.#sizes !== undefined) this.#options.send({ type: 'tiles', sizes: this.#sizes })
    this.#options.send({ type: 'muted', sourceIds: this.#options.scene.mutedSources })
  }

  #log(level: 'debug' | 'info' | 'warn', message: string, details: Record<string, unknown>): void {
    this.#options.send({ type: 'log', level, message, details })
  }
}
