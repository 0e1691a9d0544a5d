import type { HlsConfig } from 'hls.js'
import type { ErrorInfo } from '../../../src/protocol/problem.ts'
import type { SourceSpec, SourceState } from '../../../src/protocol/sources.ts'
import type { FrameTimes } from '../frames/frame-tap.ts'
import type { SourceStatus } from './source-status.ts'
import type { StreamPosition } from './stream-position.ts'
import type { TileSize } from './tile-size.ts'

export interface SourceListener {
  /** Called on every change of state; error only with stalled/failed. */
  onState(state: SourceState, error: ErrorInfo | null): void
  /** whep only: the stream (again after each reconnect) whose audio the mix takes; null when it is gone. */
  onStream(stream: MediaStream | null): void
  onLog(level: 'debug' | 'info' | 'warn', message: string, details?: Record<string, unknown>): void
}

/** What a driver works with; all of it is owned by `openSource`. */
export interface SourceContext<Spec extends SourceSpec> {
  readonly spec: Spec
  readonly element: HTMLVideoElement
  readonly status: SourceStatus
  readonly listener: SourceListener
  /** What makes hls.js play into something that is no real element. */
  readonly hls?: Partial<HlsConfig>
}

/** Moves a player by so much media, or sets its rate. */
export type SteerChange = { readonly byMs: number } | { readonly rate: number }

/** The frame counter's reading at one poll. */
export interface FrameReport {
  /** `performance.now()` of this poll. */
  readonly nowMs: number
  /** Time since the newest picture arrived, or since the source was opened when none has. */
  readonly quietMs: number
}

/** One kind of source. Starts when constructed; disposing it gives back connections, buffers and the element's media. */
export interface SourceDriver extends AsyncDisposable {
  setTileSize(size: TileSize): void
  /** Called every `FRAME_POLL_MS`, so that a driver needs no clock of its own to watch its stream. */
  tick(report: FrameReport): void
  /** The place of a frame in the stream itself, the same for every player of it; undefined while it is not known. */
  positionOf(times: FrameTimes): StreamPosition | undefined
  /**
   * How much later than its picture is shown the sound of the same moment is played, milliseconds. Undefined where it is
   * unknown, and where the element's own clock tells.
   */
  readonly soundLagMs?: number | undefined
  /** False for a live stream that cannot be moved. */
  readonly canSeek: boolean
  /** Continues at this time of the element, seconds. */
  seek(toSec: number): void
}
