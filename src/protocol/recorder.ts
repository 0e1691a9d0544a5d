import type { ErrorInfo } from './app-error.ts'
import type { Layout } from './layout.ts'
import type { RecordingStats, Signalling, VideoSettings } from './recording.ts'
import type { Signal } from './signals.ts'
import type { SourcePatch, SourceSpec, SourceState } from './sources.ts'

/** Where segments go, as the recorder's request names it: a folder, or an S3 prefix. */
export type StoreLocation =
  | { readonly kind: 'fs'; readonly path: string }
  | {
      readonly kind: 's3'
      readonly bucket: string
      readonly prefix: string
      readonly endpoint?: string
      readonly region?: string
      readonly forcePathStyle?: boolean
    }

/** Everything that one take needs, in one JSON document: the recorder reads no setting, no database and no API. */
export interface RecorderRequest {
  readonly recordingId: string
  readonly take: number
  readonly traceId: string
  readonly createdAt: string
  readonly sources: readonly SourceSpec[]
  readonly layout: Layout
  readonly video: VideoSettings
  readonly audioBitrateKbps: number
  readonly segmentSec: number
  /** Media seconds after which the recorder stops by itself with reason `max-duration`. */
  readonly maxDurationSec: number
  readonly room: string | null
  /** The signalling server to join; null when all signals come as commands. */
  readonly signalling: Signalling | null
  readonly store: StoreLocation
  /** A folder of this machine; the recorder makes and removes its own folder inside. */
  readonly spoolDir: string
  readonly chromePath?: string
  /** Private hosts and address ranges that images of the whiteboard may have, as in `PANOREC_ALLOW_PRIVATE_HOSTS`. */
  readonly allowPrivateHosts: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  readonly logLevel: string
}

/** What a running recorder can be told. Each is answered by an `ack` event with the same `commandId`. */
export type RecorderCommand = { readonly commandId: string } & (
  | { readonly type: 'stop' }
  | { readonly type: 'layout'; readonly layout: Layout }
  | { readonly type: 'source.add'; readonly source: SourceSpec }
  | { readonly type: 'source.update'; readonly sourceId: string; readonly patch: SourcePatch }
  | { readonly type: 'source.remove'; readonly sourceId: string }
  | { readonly type: 'signals'; readonly signals: readonly Signal[] }
  /** Ends the running segment now (forced IDR). */
  | { readonly type: 'cut' }
)
export type RecorderCommandType = RecorderCommand['type']
/** A command before it has its id. */
export type RecorderOrder = RecorderCommand extends infer C
  ? C extends { commandId: string }
    ? Omit<C, 'commandId'>
    : never
  : never

export type EndReason = 'stopped' | 'max-duration' | 'terminated' | 'failed'

/** What a recorder says while it runs, in this order: `starting`, `started`, any of the rest, `ended` as the last. */
export type RecorderEvent =
  | { readonly type: 'starting'; readonly at: string; readonly pid: number }
  /** The first picture is encoded; `takeEpochMs` is the wall time of media time zero. */
  | { readonly type: 'started'; readonly at: string; readonly takeEpochMs: number }
  /** A segment is durably in the store and named by the playlists. */
  | {
      readonly type: 'segment'
      readonly seq: number
      readonly durationSec: number
      readonly bytes: number
      readonly programDateTime: string
      readonly latencyMs: number
    }
  | {
      readonly type: 'source'
      readonly at: string
      readonly sourceId: string
      readonly state: SourceState
      readonly error: ErrorInfo | null
    }
  | { readonly type: 'layout'; readonly at: string; readonly layout: Layout }
  | { readonly type: 'stats'; readonly at: string; readonly stats: RecordingStats }
  /** Something an operator should read, that does not end the take. */
  | { readonly type: 'warning'; readonly at: string; readonly error: ErrorInfo }
  | { readonly type: 'finalizing'; readonly at: string }
  | { readonly type: 'ack'; readonly commandId: string; readonly error: ErrorInfo | null }
  | {
      readonly type: 'ended'
      readonly at: string
      readonly reason: EndReason
      /** Media stored by this take, seconds. */
      readonly durationSec: number
      readonly segments: number
      readonly bytes: number
      readonly error: ErrorInfo | null
    }
