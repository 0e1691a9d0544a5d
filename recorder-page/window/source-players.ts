import type { ErrorInfo } from '../../src/protocol/problem.ts'
import type { SourceSpec, SourceState } from '../../src/protocol/sources.ts'
import { type Played, PlayWatch } from '../handover/index.ts'
import type { Mixer } from '../sound/index.ts'
import { type PacedTimes, watchFrames } from '../sources/frames/frame-tap.ts'
import { openSource, type PageSource, type SteerChange, type TileSize } from '../sources/index.ts'

export interface SourcePlayersListener {
  onState(sourceId: string, state: SourceState, error: ErrorInfo | null): void
  /** The listener owns the frame. */
  onFrame(sourceId: string, frame: VideoFrame, times: PacedTimes): void
  onLog(level: 'debug' | 'info' | 'warn', message: string, details?: Record<string, unknown>): void
}

interface OpenSource {
  readonly source: PageSource
  readonly watch: PlayWatch
  readonly stopFrames: () => void
}

/** All sources of the page: opens and closes them, and wires each one's pictures and sound. */
export class SourcePlayers implements AsyncDisposable {
  readonly #mixer: Mixer
  readonly #listener: SourcePlayersListener
  readonly #open = new Map<string, OpenSource>()

  constructor(mixer: Mixer, listener: SourcePlayersListener) {
    this.#mixer = mixer
    this.#listener = listener
  }

  add(spec: SourceSpec): void {
    const { id } = spec
    const source = openSource(spec, {
      onState: (state, error) => this.#listener.onState(id, state, error),
      onStream: (stream) => this.#mixer.setStream(id, stream),
      onLog: (level, message, details) => this.#listener.onLog(level, message, { sourceId: id, ...details }),
    })
    this.#mixer.addSource(id, spec.type === 'whep' ? undefined : source.element)
    this.#mixer.setMuted(id, spec.muted === true)
    const watch = new PlayWatch()
    const stopFrames = watchFrames(source.element, (frame, times) => {
      watch.onFrame(times, source.positionOf(times))
      this.#listener.onFrame(id, frame, { ...times, soundLagMs: this.#lagOf(source) })
    })
    this.#open.set(id, { source, watch, stopFrames })
  }

  /** WebRTC counts sound as played when it leaves the output device; the mix takes it earlier. */
  #lagOf({ soundLagMs }: PageSource): number | undefined {
    return soundLagMs === undefined ? undefined : soundLagMs - this.#mixer.outputLatencyMs
  }

  async remove(sourceId: string): Promise<void> {
    const open = this.#open.get(sourceId)
    if (open === undefined) return
    this.#open.delete(sourceId)
    open.stopFrames()
    this.#mixer.removeSource(sourceId)
    await open.source[Symbol.asyncDispose]()
  }

  /** Sets how large each source is drawn now. */
  setTileSizes(sizes: ReadonlyMap<string, TileSize>): void {
    for (const [sourceId, size] of sizes) this.#open.get(sourceId)?.source.setTileSize(size)
  }

  /** Mutes exactly these sources. */
  setMuted(mutedIds: ReadonlySet<string>): void {
    for (const sourceId of this.#open.keys()) this.#mixer.setMuted(sourceId, mutedIds.has(sourceId))
  }

  get sourceIds(): readonly string[] {
    return [...this.#open.keys()]
  }

  /** The place of a source's player; undefined while it is unknown. */
  played(sourceId: string): Played | undefined {
    return this.#open.get(sourceId)?.watch.played
  }

  /** Moves a source's player by so much of its media, or changes its rate; false when it cannot be moved. */
  steer(sourceId: string, change: SteerChange): boolean {
    const open = this.#open.get(sourceId)
    const isMoved = open?.source.steer(change) ?? false
    if (isMoved) open?.watch.reset()
    return isMoved
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open.keys()].map((sourceId) => this.remove(sourceId)))
  }
}
