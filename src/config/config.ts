import type { StoreLocation } from '../protocol/index.ts'
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
  /** True: players are sent to the store for media; playlists stay here. */
  readonly redirectMedia: boolean
  /** Empty: no key is asked for, and `serve` listens on a loopback address only. */
  readonly apiKeys: readonly string[]
  /** What commands send to a service; undefined when it asks for no key. */
  readonly apiKey: string | undefined
  readonly allowPrivateHosts: readonly string[]
  /** Without a slash at its end; null when links carry no host. */
  readonly publicUrl: string | null
  readonly maxRecordings: number
  /** How far recordings may load this machine, per cent. */
  readonly maxCpuPercent: number
  readonly maxMemoryPercent: number
  readonly maxQueueSec: number
  /** Null: a take runs as long as it is well. */
  readonly maxTakeSec: number | null
  readonly maxClips: number
  readonly roomHistoryDays: number
  /** Null: recordings stay. */
  readonly retentionDays: number | null
  /** Where a lone worker shows its health and figures; undefined: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined
  /** What all recordings of this machine may keep in the spool; undefined: what the disk has. */
  readonly spoolMaxBytes: number | undefined
  readonly chromePath: string | undefined
  readonly ffmpegPath: string | undefined
  readonly logLevel: LogLevel
}
