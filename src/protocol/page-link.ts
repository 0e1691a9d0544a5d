import type { ErrorInfo } from './app-error.ts'
import type { Layout } from './layout.ts'
import type { VideoSettings } from './recording.ts'
import type { Signal } from './signals.ts'
import type { SourcePatch, SourceSpec, SourceState } from './sources.ts'

/**
 * The control link between recorder and page: JSON text frames on `ws://127.0.0.1:<port>/control`. Packets travel on a
 * second connection, `/packets`, opened by the page's worker. Both carry the take's secret as the WebSocket subprotocol.
 */
export const CONTROL_PATH = '/control'
export const PACKETS_PATH = '/packets'

/** The part of a `RecorderRequest` that the page needs; store, signalling and ids are not its business. */
export interface PageStart {
  readonly sources: readonly SourceSpec[]
  readonly layout: Layout
  readonly video: VideoSettings
  readonly audioBitrateKbps: number
  readonly segmentSec: number
}

/** From the recorder to the page. `start` is the first and comes once. */
export type ToPage =
  | ({ readonly type: 'start' } & PageStart)
  | { readonly type: 'layout'; readonly layout: Layout }
  | { readonly type: 'source.add'; readonly source: SourceSpec }
  | { readonly type: 'source.update'; readonly sourceId: string; readonly patch: SourcePatch }
  | { readonly type: 'source.remove'; readonly sourceId: string }
  | { readonly type: 'signals'; readonly signals: readonly Signal[] }
  | { readonly type: 'cut' }
  | { readonly type: 'ping'; readonly nonce: number }
  /** Ends the take: the page flushes its encoders, then answers `stopped`. */
  | { readonly type: 'stop' }

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
  /** Output level of the mix, dBFS peak since the last report. */
  readonly peakDbfs: number
}

export interface PageSourceStats {
  readonly sourceId: string
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
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly message: string
      readonly details?: Record<string, unknown>
    }
  | { readonly type: 'pong'; readonly nonce: number }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly error: ErrorInfo }
