import type { Layout } from '../../src/protocol/layout.ts'
import type { LoudnessReading, PageStart, PageStats } from '../../src/protocol/page-link.ts'
import type { ErrorInfo } from '../../src/protocol/problem.ts'
import type { Signal } from '../../src/protocol/signals.ts'
import type { SourcePatch, SourceSpec, SourceState } from '../../src/protocol/sources.ts'
import type { Played } from '../handover/index.ts'
import type { SoundClockReading } from '../sound/sound-clock.ts'
import type { PacedTimes } from '../sources/frames/frame-tap.ts'
import type { SteerChange, TileSize } from '../sources/index.ts'

/** The place of a decoded source, if it is known, after it was steered so many times. */
export interface DecodedPlace {
  readonly played: Played | undefined
  readonly steers: number
}

/** From the page's main thread to its worker. Frames and the sound port are transferred, never copied. */
export type ToWorker =
  | {
      readonly type: 'start'
      readonly host: string
      readonly secret: string
      readonly settings: PageStart
      /** Puts the worker's clock where the window's is. */
      readonly clockShiftMs: number
      /** `SoundBlock`s of the mix arrive here. */
      readonly soundPort: MessagePort
    }
  | { readonly type: 'source.add'; readonly source: SourceSpec }
  | { readonly type: 'source.update'; readonly sourceId: string; readonly patch: SourcePatch }
  | { readonly type: 'source.remove'; readonly sourceId: string }
  | { readonly type: 'source.state'; readonly sourceId: string; readonly state: SourceState; readonly atMs: number }
  | {
      readonly type: 'frame'
      readonly sourceId: string
      readonly frame: VideoFrame
      readonly times: PacedTimes
    }
  | {
      readonly type: 'levels'
      readonly levels: ReadonlyMap<string, number>
      readonly activeSource: string | null
    }
  | { readonly type: 'sound-clock'; readonly reading: SoundClockReading }
  | { readonly type: 'signals'; readonly signals: readonly Signal[] }
  | { readonly type: 'layout'; readonly layout: Layout }
  | { readonly type: 'cut'; readonly atMs?: number }
  | { readonly type: 'pause' | 'resume' }
  /** Keeps the pacing of frames as it is, or frees it. */
  | { readonly type: 'freeze-pacing'; readonly isFrozen: boolean }
  /** A source of a standby take follows the running page's pacing. `isMoved`: its player was moved since the last of these. */
  | { readonly type: 'follow'; readonly sourceId: string; readonly mediaZeroMs: number; readonly isMoved: boolean }
  /** Moves a decoded source by so much media, or sets its rate. */
  | { readonly type: 'steer'; readonly sourceId: string; readonly change: SteerChange }
  | { readonly type: 'begin'; readonly atMs: number }
  | { readonly type: 'end'; readonly atMs: number }
  | { readonly type: 'stop' }

/** From the worker to the main thread. */
export type FromWorker =
  | { readonly type: 'started'; readonly takeEpochMs: number }
  | { readonly type: 'layout'; readonly layout: Layout }
  /** How large each source is drawn, in pixels of the picture. */
  | { readonly type: 'tiles'; readonly sizes: ReadonlyMap<string, TileSize> }
  /** How long each source's sound waits for its picture, and when its media time zero is recorded. */
  | {
      readonly type: 'pacing'
      readonly delaysMs: ReadonlyMap<string, number>
      readonly mediaZeroMs: ReadonlyMap<string, number>
      /** Of the decoded sources. */
      readonly places?: ReadonlyMap<string, DecodedPlace>
    }
  /** A decoded source changed its state. */
  | {
      readonly type: 'source'
      readonly sourceId: string
      readonly state: SourceState
      readonly error: ErrorInfo | null
    }
  /** A source that the decoders cannot play: an element is to. */
  | { readonly type: 'play-by-element'; readonly source: SourceSpec }
  | { readonly type: 'active-speaker'; readonly sourceId: string | null }
  /** The sources that must not be heard: muted by the operator or by the room. */
  | { readonly type: 'muted'; readonly sourceIds: ReadonlySet<string> }
  | { readonly type: 'stats'; readonly stats: PageStats }
  | ({ readonly type: 'loudness' } & LoudnessReading)
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn'
      readonly message: string
      readonly details?: Record<string, unknown>
    }
  | { readonly type: 'failed'; readonly error: ErrorInfo }
  | { readonly type: 'stopped' }
