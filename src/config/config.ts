import type { CompositorKind, SourcePlayer, StoreLocation } from '../protocol/index.ts'
import type { LogLevel } from './settings.ts'

export type DatabaseLocation =
  | { readonly kind: 'embedded'; readonly dir: string }
  | { readonly kind: 'postgres'; readonly url: string }

/** The checked settings of one process. All paths are absolute. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly database: DatabaseLocation
  readonly store: StoreLocation
  /** True when players are redirected to the store for media; playlists still come from the service. */
  readonly redirectMedia: boolean
  /** The keys that may call the API. Without any, calls need none, and `serve` listens on a loopback address only. */
  readonly apiKeys: readonly string[]
  /** The key that commands send to a service; undefined when it asks for none. */
  readonly apiKey: string | undefined
  readonly allowPrivateHosts: readonly string[]
  /** The prefix of every link, without a slash at its end; null when links carry no host. */
  readonly publicUrl: string | null
  readonly maxRecordings: number
  /** The share of this machine's CPU that recordings may load, per cent. */
  readonly maxCpuPercent: number
  readonly maxMemoryPercent: number
  readonly maxQueueSec: number
  /** The longest take, seconds; null when a take runs as long as it is well. */
  readonly maxTakeSec: number | null
  readonly maxClips: number
  /** Recorders that wait for the next take while recordings run, and those that wait with Chrome and the page, always. */
  readonly warmRecorders: number
  readonly warmPages: number
  readonly warmMaxAgeSec: number
  readonly warmMaxMb: number
  readonly roomHistoryDays: number
  /** Days after its end when a recording is deleted; null when recordings stay. */
  readonly retentionDays: number | null
  /** Where a lone worker serves its health and metrics; undefined when it listens nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined
  /** The bytes that all recordings of this machine may keep in the spool; undefined when only the disk limits them. */
  readonly spoolMaxBytes: number | undefined
  readonly chromePath: string | undefined
  readonly compositor: CompositorKind
  readonly sourcePlayer: SourcePlayer
  readonly ffmpegPath: string | undefined
  readonly logLevel: LogLevel
}
