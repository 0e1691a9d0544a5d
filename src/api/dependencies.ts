import type { Logger } from 'pino'
import type { Highlights } from '../highlights/index.ts'
import type { Hub } from '../hub/index.ts'
import type { EventFeed, IdempotencyKeys, Recordings, Schedules } from '../recording/index.ts'
import type { Deletions } from '../retention/index.ts'
import type { SegmentStore, StoreLinks } from '../store/segment-store.ts'

/** One thing that the service needs, as `/readyz` shows it. `message` says what to do when it is not ok. */
export interface HealthCheck {
  readonly name: string
  readonly ok: boolean
  readonly message?: string
}

/** One answered request. `route` is the route's pattern, never a concrete URL, so that metrics labels stay few. */
interface ObservedRequest {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly durationSec: number
}

/** Everything that the application calls. It owns none of it, and closes only the hub's connections when it closes. */
export interface ApiDependencies {
  readonly recordings: Recordings
  readonly deletions: Pick<Deletions, 'delete'>
  readonly schedules: Schedules
  readonly highlights: Highlights
  readonly events: EventFeed
  readonly idempotency: IdempotencyKeys
  readonly hub: Hub
  readonly store: SegmentStore
  /** Redirects players to the store for media; without it, and for playlists, this service answers itself. */
  readonly mediaLinks?: StoreLinks
  readonly logger: Logger
  readonly health: { ready(): Promise<readonly HealthCheck[]> }
  readonly metrics: {
    readonly contentType: string
    text(): Promise<string>
    observeRequest(request: ObservedRequest): void
  }
  /** The valid keys. Without any, every call is open, to loopback callers only. */
  readonly apiKeys: readonly string[]
  /** The folder of the built console, served at `/`. */
  readonly consoleDir: string | undefined
  readonly version: string
  /** The base of public links, without a slash at its end; null: the address that the request was sent to. */
  readonly publicUrl: string | null
  /** The time in epoch milliseconds; without it the system's clock. */
  readonly clock?: () => number
}
