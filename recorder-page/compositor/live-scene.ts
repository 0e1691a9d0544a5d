import type { Layout } from '../../src/protocol/layout.ts'
import type { PageSourceStats } from '../../src/protocol/page-link.ts'
import type { Signal } from '../../src/protocol/signals.ts'
import type { SourcePatch, SourceSpec, SourceState } from '../../src/protocol/sources.ts'
import { participantOfSource, type Room, RoomReducer } from '../../src/room/index.ts'
import type { Size } from '../drawing/geometry.ts'
import { planScene, SceneAnimator, type ScenePlan, type SceneSource } from '../scene/index.ts'
import type { PacedTimes } from '../sources/frames/frame-tap.ts'
import type { TileSize } from '../sources/index.ts'
import { FramePacer } from './frame-pacer.ts'

interface LiveSource {
  spec: SourceSpec
  state: SourceState
  stateSinceMs: number
  level: number
  hasFrame: boolean
  readonly pacer: FramePacer<VideoFrame>
}

/** What the next picture is made of: the room, the sources with their queued frames, and the current layout. */
export class LiveScene {
  readonly #size: Size
  readonly #tickMs: number
  readonly #room = new RoomReducer()
  readonly #animator = new SceneAnimator()
  readonly #sources = new Map<string, LiveSource>()
  #layout: Layout
  #roomLayout: Layout | null = null
  #activeSource: string | null = null

  constructor(size: Size, fps: number, layout: Layout) {
    this.#size = size
    this.#tickMs = 1000 / fps
    this.#layout = layout
  }

  get layout(): Layout {
    return this.#layout
  }

  setLayout(layout: Layout): void {
    this.#layout = layout
  }

  addSource(spec: SourceSpec, nowMs: number): void {
    const pacer = new FramePacer<VideoFrame>(this.#tickMs)
    this.#sources.set(spec.id, { spec, state: 'connecting', stateSinceMs: nowMs, level: 0, hasFrame: false, pacer })
  }

  updateSource(sourceId: string, patch: SourcePatch): void {
    const source = this.#sources.get(sourceId)
    if (source !== undefined) source.spec = { ...source.spec, ...patch }
  }

  removeSource(sourceId: string): void {
    this.#sources.get(sourceId)?.pacer.clear()
    this.#sources.delete(sourceId)
  }

  /** Attempts to reconnect are no change to the audience: the scene counts from when the picture went away. */
  setSourceState(sourceId: string, state: SourceState, atMs: number): void {
    const source = this.#sources.get(sourceId)
    if (source === undefined) return
    const goesOnAway = source.state !== 'live' && state !== 'live' && source.hasFrame
    if (!goesOnAway) source.stateSinceMs = atMs
    source.state = state
  }

  /** Takes ownership of the frame, also when the source is gone. */
  pushFrame(sourceId: string, frame: VideoFrame, times: PacedTimes): void {
    const source = this.#sources.get(sourceId)
    if (source === undefined) return frame.close()
    source.hasFrame = true
    source.pacer.push(frame, times)
  }

  setLevels(levels: ReadonlyMap<string, number>, activeSource: string | null): void {
    for (const [sourceId, source] of this.#sources) source.level = levels.get(sourceId) ?? 0
    this.#activeSource = activeSource
  }

  /** True when the signals changed the layout. */
  applySignals(signals: readonly Signal[]): boolean {
    this.#room.apply(signals)
    const layout = this.#room.room.layout
    if (layout === null || layout === this.#roomLayout) return false
    this.#roomLayout = layout
    this.#layout = layout
    return true
  }

  /** The scene at a tick. Frames must be asked for with `frameAt` at the same tick. */
  plan(nowMs: number): ScenePlan {
    const plan = planScene({
      room: this.#roomWithSpeaker(),
      sources: this.#sceneSources(),
      layout: this.#layout,
      size: this.#size,
      nowMs,
    })
    return this.#animator.next(plan, nowMs)
  }

  /** Moves every source on to its frame of this tick, shown or not, so that a layout switch finds them all fresh. */
  advance(tickMs: number): ReadonlyMap<string, VideoFrame | undefined> {
    return new Map([...this.#sources].map(([sourceId, source]) => [sourceId, source.pacer.frameAt(tickMs)]))
  }

  get mutedSources(): ReadonlySet<string> {
    const muted = [...this.#sources].filter(([sourceId, { spec }]) => {
      return spec.muted === true || participantOfSource(this.#room.room, sourceId)?.mutedAudio === true
    })
    return new Set(muted.map(([sourceId]) => sourceId))
  }

  /** How long the sound of each source waits for its picture. */
  get soundDelaysMs(): ReadonlyMap<string, number> {
    return new Map([...this.#sources].map(([sourceId, { pacer }]) => [sourceId, pacer.soundDelayMs]))
  }

  /** When each source's media time zero is recorded, on the page's clock; sources without a frame are left out. */
  get mediaZeroMs(): ReadonlyMap<string, number> {
    return new Map(
      [...this.#sources].flatMap(([id, { pacer }]) =>
        pacer.mediaZeroMs === undefined ? [] : [[id, pacer.mediaZeroMs]],
      ),
    )
  }

  /** Keeps the pacing of every source as it is, so that another page can pace the same. */
  freezePacing(): void {
    for (const { pacer } of this.#sources.values()) {
      if (pacer.mediaZeroMs !== undefined) pacer.follow(pacer.mediaZeroMs)
    }
  }

  /** Paces a source as another page does. `isMoved`: its player was moved since the last call. */
  followPacing(sourceId: string, mediaZeroMs: number, { isMoved }: { readonly isMoved: boolean }): void {
    const pacer = this.#sources.get(sourceId)?.pacer
    if (isMoved) pacer?.resync()
    pacer?.follow(mediaZeroMs)
  }

  unfreezePacing(): void {
    for (const { pacer } of this.#sources.values()) pacer.release()
  }

  get sourceStats(): readonly PageSourceStats[] {
    return [...this.#sources].map(([sourceId, { pacer, level }]) => ({
      sourceId,
      level,
      received: pacer.received,
      shown: pacer.shownCount,
      skipped: pacer.skipped,
      pictureDelayMs: pacer.delayMs,
    }))
  }

  /** The active speaker is the loudest source while the room has not named one by `active.speaker`. */
  #roomWithSpeaker(): Room {
    const room = this.#room.room
    if (room.activeSpeaker !== null || this.#activeSource === null) return room
    return { ...room, activeSpeaker: participantOfSource(room, this.#activeSource)?.id ?? this.#activeSource }
  }

  #sceneSources(): SceneSource[] {
    return [...this.#sources.values()].map(({ spec, state, stateSinceMs, level, hasFrame }) => ({
      id: spec.id,
      label: spec.label ?? spec.id,
      role: spec.role ?? 'participant',
      muted: spec.muted ?? false,
      state,
      stateSinceMs,
      hasFrame,
      level,
    }))
  }
}

/** How large each source is drawn in a plan. */
export function tileSizes(plan: ScenePlan): Map<string, TileSize> {
  const sizes = new Map<string, TileSize>()
  for (const tile of plan.tiles) {
    if (tile.kind !== 'board')
      sizes.set(tile.sourceId, { width: tile.restingRect.width, height: tile.restingRect.height })
  }
  return sizes
}
