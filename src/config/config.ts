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
  /** Empty: no key is asked for, and `host` is a loopback address. */
  readonly apiKeys: readonly string[]
  readonly allowPrivateHosts: readonly string[]
  /** Without a slash at its end; null when links carry no host. */
  readonly publicUrl: string | null
  readonly maxRecordings: number
  readonly chromePath: string | undefined
  readonly ffmpegPath: string | undefined
  readonly logLevel: LogLevel
}
