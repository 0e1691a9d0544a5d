import type { ErrorInfo } from './app-error.ts'
import type { HighlightRule } from './highlights.ts'
import type { Layout } from './layout.ts'
import type { SceneChange, SourcePosition, SourceSync } from './page-link.ts'
import type { RecordingStats, Signalling, VideoSettings } from './recording.ts'
import type { SourceSpec, SourceState } from './sources.ts'

/** `aws:kms` without a key id uses the bucket's default key. */
interface S3Encryption {
  readonly algorithm: 'AES256' | 'aws:kms'
  readonly keyId?: string
}

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
      /** Server-side encryption of every object; without it what the bucket does by itself. */
      readonly encryption?: S3Encryption
    }

/**
 * The clock of a take's page. `machine` names the boot of the machine that it was measured on; there, and only there, it is
 * `offsetMs` ahead of the monotonic clock.
 */
export interface TakeClock {
  readonly machine: string
  readonly offsetMs: number
}

/** The running take that a new one is to take over from, to the frame. */
export interface Handover {
  /** Of its page; the new page's clock is put onto it. */
  readonly clock: TakeClock
  /** Wall time of its media time zero. */
  readonly takeEpochMs: number
}

/** Which rule says that nothing happens any more. */
export type IdleRule = 'noLiveSourceSec' | 'emptyRoomSec' | 'pausedSec'
/** A time for each rule that the recording has, seconds. */
export type IdleTimes = Readonly<Partial<Record<IdleRule, number>>>

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
  readonly highlights: { readonly preSec: number; readonly postSec: number; readonly rules: readonly HighlightRule[] }
  /** Media seconds after which the recorder stops by itself with reason `max-duration`. */
  readonly maxDurationSec: number
  /** The take begins paused, and records from `resume` on. */
  readonly isPaused: boolean
  /** Seconds after which it stops by itself with reason `idle`. */
  readonly idle?: IdleTimes
  /** What of that time was over already when the take before was last heard of; the time between two takes does not count. */
  readonly idleForSec?: IdleTimes
  /** Only so much of the recording's end is kept; without it everything. */
  readonly rollingSec?: number
  /** Seconds after its end when the service deletes the recording; only its manifest tells. */
  readonly maxAgeSec?: number
  readonly room: string | null
  /** The signalling server to join; null when all signals come as commands. */
  readonly signalling: Signalling | null
  readonly store: StoreLocation
  /** A folder of this machine; the recorder makes and removes its own folder inside. */
  readonly spoolDir: string
  /** A little before the take is so long, it asks for the next one to take over; null: never. */
  readonly maxTakeSec: number | null
  /** The take waits for `begin`, its sources in step with those of the take before; null: it begins as soon as it can. */
  readonly handover: Handover | null
  /** What all recordings of the machine may keep in that folder; without it as much as the disk has. */
  readonly spoolMaxBytes?: number
  readonly chromePath?: string
  /** Private hosts and address ranges that images of the whiteboard may have, as in `PANOREC_ALLOW_PRIVATE_HOSTS`. */
  readonly allowPrivateHosts: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  readonly logLevel: string
}

/** What a running recorder can be told. Each is answered by an `ack` event with the same `commandId`. */
export type RecorderCommand = { readonly commandId: string } & (
  | { readonly type: 'stop' }
  | SceneChange
  /** Ends the running segment (forced IDR): now, or at the first picture not before this wall time. */
  | { readonly type: 'cut'; readonly atMs?: number }
  /** Nothing more is recorded until `resume`; answered when the last picture before is in. Idempotent. */
  | { readonly type: 'pause' }
  /** Answered with the first picture. */
  | { readonly type: 'resume' }
  /** Another take is to take over, or not: while it is, the page keeps its frame pacing and sends `positions` every second. */
  | { readonly type: 'handover.freeze-pacing'; readonly isFrozen: boolean }
  /** To the take that is to take over: where the running one has its sources. */
  | { readonly type: 'handover.positions'; readonly positions: readonly SourcePosition[] }
  /** To the take that takes over: media time zero, on the clock of the running take's page, and what is left to record. */
  | { readonly type: 'handover.begin'; readonly atMs: number; readonly maxDurationSec: number }
  /** To the running take: it ends with the picture before, with reason `handed-over`. */
  | { readonly type: 'handover.end'; readonly atMs: number }
)
type RecorderCommandType = RecorderCommand['type']
/** Commands of a hand-over go from take to take: no caller sends them. */
type HandoverCommandType = Extract<RecorderCommandType, `handover.${string}`>
type WithoutId<C> = C extends { commandId: string } ? Omit<C, 'commandId'> : never
/** A command before it has its id. */
export type RecorderCommandBody = WithoutId<Exclude<RecorderCommand, { type: HandoverCommandType }>>
export type HandoverCommandBody = WithoutId<Extract<RecorderCommand, { type: HandoverCommandType }>>

export type EndReason = 'stopped' | 'max-duration' | 'idle' | 'terminated' | 'handed-over' | 'failed'
/** The ends that close the recording; after any other the next take goes on with it. */
export const ASKED_FOR: ReadonlySet<EndReason> = new Set(['stopped', 'max-duration', 'idle'])

/**
 * What a recorder says while it runs, in this order: `starting`, `started`, any of the rest, `ended` as the last. A take
 * that ends as `failed` or `terminated` leaves the playlists open, for the next take or whoever gives the recording up.
 */
export type RecorderEvent =
  | { readonly type: 'starting'; readonly at: string; readonly pid: number }
  /** The first picture is encoded, or would be if the take did not begin paused; `takeEpochMs` is the wall time of media time zero. */
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
  /** The recording stands still from this moment on. */
  | { readonly type: 'paused'; readonly at: string }
  /** The moment of the first picture after a pause. */
  | { readonly type: 'resumed'; readonly at: string }
  /** A signal or a rule asks for a highlight. The recorder has cut, and will cut at the end of the post-roll. */
  | {
      readonly type: 'trigger'
      /** The same for the same trigger, however often it is said: the signal's id, or the rule and its moment. */
      readonly key: string
      readonly at: string
      readonly trigger: 'signal' | 'rule'
      readonly rule: string | null
      readonly label: string | null
      readonly by: string | null
      readonly metadata: Readonly<Record<string, string>>
      readonly preSec: number
      readonly postSec: number
    }
  | {
      readonly type: 'stats'
      readonly at: string
      readonly stats: RecordingStats
      /** For how long nothing has happened, for the next take. */
      readonly idleForSec?: IdleTimes
    }
  /** Another take should take over: this one will be too long, or its browser's memory climbs. Sent again and again. */
  | { readonly type: 'handover-due'; readonly at: string; readonly why: 'max-take' | 'memory' }
  /** Every second while the pacing is frozen for another take to take over. */
  | {
      readonly type: 'positions'
      readonly clock: TakeClock
      readonly positions: readonly SourcePosition[]
      /** Media that this take has so far. */
      readonly recordedSec: number
    }
  /** The standby take can begin. */
  | { readonly type: 'ready'; readonly sources: readonly SourceSync[] }
  /** Something an operator should read, that does not end the take. */
  | { readonly type: 'warning'; readonly at: string; readonly error: ErrorInfo }
  /** The end was asked for, or the longest duration is reached: the rest is being stored, then the playlists closed. */
  | { readonly type: 'finalizing'; readonly at: string }
  /** The take records no more and stores what it has. The next take may begin at once: it need not wait for `ended`. */
  | { readonly type: 'failing'; readonly at: string; readonly error: ErrorInfo }
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
