import type { Layout } from './layout.ts'
import type { ErrorInfo } from './problem.ts'
import type { Signal } from './signals.ts'
import type { SourcePatch, SourceSpec, SourceState } from './sources.ts'
import type { VideoSettings } from './video.ts'

/**
 * The control link between recorder and page: JSON text frames on `ws://127.0.0.1:<port>/control`. Packets travel on a
 * second connection, `/packets`, opened by the page's worker. Both carry the take's secret as the WebSocket subprotocol.
 */
export const CONTROL_PATH = '/control'
export const PACKETS_PATH = '/packets'

export const COMPOSITORS = ['planar', 'canvas'] as const
/** How the page composes pictures. `canvas` costs several times as much CPU and memory; it is the reference, and the way out of a fault. */
export type CompositorKind = (typeof COMPOSITORS)[number]
export const DEFAULT_COMPOSITOR: CompositorKind = 'planar'

export const SOURCE_PLAYERS = ['elements', 'decoders'] as const
/**
 * What plays sources of HLS and files: `decoders`, WebCodecs in the page's worker, or `elements`, media elements, which play what the
 * decoders cannot in any case.
 */
export type SourcePlayer = (typeof SOURCE_PLAYERS)[number]
export const DEFAULT_SOURCE_PLAYER: SourcePlayer = 'decoders'

/** The part of a `RecorderRequest` that the page needs; it knows no store, no signalling and no id. */
export interface PageStart {
  readonly sources: readonly SourceSpec[]
  readonly layout: Layout
  readonly video: VideoSettings
  readonly audioBitrateKbps: number
  readonly segmentSec: number
  readonly compositor: CompositorKind
  /** The page sends `loudness`. */
  readonly measureLoudness: boolean
  /** The take begins paused: nothing is encoded before `resume`. */
  readonly isPaused: boolean
  readonly sourcePlayer: SourcePlayer
  /** The take goes on where another one ends; null for a take that begins as soon as it can. */
  readonly handover: PageHandover | null
}

/** What a page needs to go on, to the frame, where another page ends. */
export interface PageHandover {
  /** Puts this page's clock onto that of the other page, milliseconds. */
  readonly clockShiftMs: number
  /** Wall time of a tick of the other page, which puts both on one grid. */
  readonly gridMs: number
}

/** The place of a source in the recording, in the stream's own time, which is the same for every player. */
export interface SourcePosition {
  readonly sourceId: string
  /** When the stream's position zero is recorded, on the page's clock, milliseconds. */
  readonly recordedMs: number
}

/** How well a source follows the other page. */
export interface SourceSync {
  readonly sourceId: string
  /** False for a source that is taken as it is, because it cannot be moved or was not in step in time. */
  readonly inStep: boolean
  /** How far ahead of its recording the source is played, milliseconds; null when it is unknown. */
  readonly lookBackMs: number | null
}

/** What changes the scene while it is recorded. */
export type SceneChange =
  | { readonly type: 'layout'; readonly layout: Layout }
  | { readonly type: 'source.add'; readonly source: SourceSpec }
  | { readonly type: 'source.update'; readonly sourceId: string; readonly patch: SourcePatch }
  | { readonly type: 'source.remove'; readonly sourceId: string }
  | { readonly type: 'signals'; readonly signals: readonly Signal[] }

/** From the recorder to the page. `start` is the first and comes once. */
export type ToPage =
  | ({ readonly type: 'start' } & PageStart)
  | SceneChange
  /** The next picture, or the first one not before this wall time, begins a segment. */
  | { readonly type: 'cut'; readonly atMs?: number }
  /** The last picture is the one before the message arrives; a `pause` packet follows all that was recorded. */
  | { readonly type: 'pause' }
  /** The next picture begins a segment. */
  | { readonly type: 'resume' }
  | { readonly type: 'ping'; readonly nonce: number }
  /** Asks for the page's clock; the answer repeats `sentMs`. */
  | { readonly type: 'clock'; readonly sentMs: number }
  /** Freezes the frame pacing for a page that is to take over, or thaws it; while frozen, the page sends `positions` every second. */
  | { readonly type: 'freeze-pacing'; readonly isFrozen: boolean }
  /** The positions of the sources in the page that this one follows. */
  | { readonly type: 'positions'; readonly positions: readonly SourcePosition[] }
  /** The page that follows another begins: this is media time zero, on its clock. */
  | { readonly type: 'begin'; readonly atMs: number }
  /** The last picture is the one before this time, and the sound ends there; then the page answers `stopped`. */
  | { readonly type: 'end'; readonly atMs: number }
  /** Ends the take: the page flushes its encoders, then answers `stopped`. */
  | { readonly type: 'stop' }

/** Momentary loudness of the mix, LUFS (ITU-R BS.1770-5: K-weighted, over 400 ms), ten times a second; -70 is silence. */
export interface LoudnessReading {
  /** The end of the 400 ms, wall time, epoch milliseconds. */
  readonly atMs: number
  readonly lufs: number
}

/** How a picture looks as a thumbnail; lumas from 0 to 255. */
export interface PictureSample {
  readonly luma: number
  readonly brightest: number
  /** The samples of the sources that are shown with a frame of their own. */
  readonly tiles: readonly TileSample[]
}

/** Motion is the mean change of a point since the sample before, of 255. */
export interface TileSample {
  readonly sourceId: string
  readonly sourceLuma: number
  readonly sourceMotion: number
  /** Motion of the source's place in the finished picture. */
  readonly tileMotion: number
}

export interface PageStats {
  /** Pictures encoded since the take began. */
  readonly frames: number
  /** Ticks whose picture was dropped because the encoder was behind. */
  readonly droppedFrames: number
  /** Ticks that came too late to be drawn at all. */
  readonly missedTicks: number
  readonly encodeQueue: number
  /** Newest measured cost of drawing one picture, milliseconds. */
  readonly composeMs: number
  readonly sources: readonly PageSourceStats[]
  /** The newest picture; null when there was none since the last report. */
  readonly picture: PictureSample | null
  /** Output level of the mix, dBFS peak since the last report. */
  readonly peakDbfs: number
}

export interface PageSourceStats {
  readonly sourceId: string
  /** RMS from 0 to 1 of what goes into the mix: 0 when it is muted. */
  readonly level: number
  /** Frames received, shown and skipped since the source was added. */
  readonly received: number
  readonly shown: number
  readonly skipped: number
  /** Delay of this source's picture from arrival to tick, milliseconds, smoothed. */
  readonly pictureDelayMs: number
}

/** From the page to the recorder. */
export type FromPage =
  | { readonly type: 'hello' }
  /** The take's clock: wall time, epoch milliseconds, of media time zero. Comes before the first packet. */
  | { readonly type: 'started'; readonly takeEpochMs: number }
  | {
      readonly type: 'source'
      readonly sourceId: string
      readonly state: SourceState
      readonly error: ErrorInfo | null
    }
  | { readonly type: 'active-speaker'; readonly sourceId: string | null }
  | { readonly type: 'layout'; readonly layout: Layout }
  | { readonly type: 'stats'; readonly stats: PageStats }
  | ({ readonly type: 'loudness' } & LoudnessReading)
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly message: string
      readonly details?: Record<string, unknown>
    }
  | { readonly type: 'pong'; readonly nonce: number }
  | { readonly type: 'clock'; readonly sentMs: number; readonly atMs: number }
  | { readonly type: 'positions'; readonly positions: readonly SourcePosition[] }
  /** The page that follows another is ready to begin. */
  | { readonly type: 'ready'; readonly sources: readonly SourceSync[] }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly error: ErrorInfo }
