import type { HighlightRule } from './highlights.ts'
import type { Layout } from './layout.ts'
import type { CompositorKind, SceneChange, SourcePlayer, SourcePosition, SourceSync } from './page-link.ts'
import type { ErrorInfo } from './problem.ts'
import type { RecordingStats, Signalling } from './recording.ts'
import type { SourceSpec, SourceState } from './sources.ts'
import type { VideoSettings } from './video.ts'

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
  /** The clock of the running take's page; the new page adjusts its own to it. */
  readonly clock: TakeClock
  /** Wall time of the running take's media time zero. */
  readonly takeEpochMs: number
}

/** The rules by which a recording counts as idle. */
export type IdleRule = 'noLiveSourceSec' | 'emptyRoomSec' | 'pausedSec'
/** Seconds for each idle rule of the recording. */
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
  /** Without it `DEFAULT_SOURCE_PLAYER`. */
  readonly sourcePlayer?: SourcePlayer
  /** Seconds after which it stops by itself with reason `idle`. */
  readonly idle?: IdleTimes
  /** The idle seconds that the previous take last reported; the time between two takes does not count. */
  readonly idleForSec?: IdleTimes
  /** Seconds of the recording's end that are kept; without it everything is. */
  readonly rollingSec?: number
  /** Seconds after its end when the service deletes the recording; only its manifest tells. */
  readonly maxAgeSec?: number
  readonly room: string | null
  /** The signalling server to join; null when all signals come as commands. */
  readonly signalling: Signalling | null
  readonly store: StoreLocation
  /** A folder of this machine; the recorder makes and removes its own folder inside. */
  readonly spoolDir: string
  /** The longest take, seconds: a little before, it asks for the next one to take over. Null when it never asks. */
  readonly maxTakeSec: number | null
  /** The running take, for one that waits for `begin` in step with it; null for a take that begins as soon as it can. */
  readonly handover: Handover | null
  /** The bytes that all recordings of the machine may keep in `spoolDir`; without it only the disk limits them. */
  readonly spoolMaxBytes?: number
  readonly chromePath?: string
  /** Without it `DEFAULT_COMPOSITOR`. */
  readonly compositor?: CompositorKind
  /** Private hosts and address ranges that images of the whiteboard may have, as in `PANOREC_ALLOW_PRIVATE_HOSTS`. */
  readonly allowPrivateHosts: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  readonly logLevel: string
}

/**
 * Sent before the request, which may come at once or much later: the recorder launches Chrome and opens its page, none of which
 * depends on the request.
 */
export interface RecorderPreparation {
  readonly type: 'prepare'
  readonly chromePath?: string
  readonly logLevel: string
}

/**
 * What a recorder says before it has its request: everything is loaded, and the page too where it was to be prepared; or the page is
 * lost, and the take would launch a Chrome of its own.
 */
export type PreparationReport =
  | { readonly type: 'prepared' }
  | { readonly type: 'unprepared'; readonly error: ErrorInfo }

/** The commands of a running recorder, each answered by an `ack` event with the same `commandId`. */
export type RecorderCommand = { readonly commandId: string } & (
  | { readonly type: 'stop' }
  | SceneChange
  /** Ends the running segment (forced IDR): now, or at the first picture not before this wall time. */
  | { readonly type: 'cut'; readonly atMs?: number }
  /** Pauses the recording until `resume`; answered when the last picture before it is in. Idempotent. */
  | { readonly type: 'pause' }
  /** Ends the pause; answered with the first picture. */
  | { readonly type: 'resume' }
  /** Freezes the page's frame pacing for a take that is to take over, or thaws it; while frozen, `positions` come every second. */
  | { readonly type: 'handover.freeze-pacing'; readonly isFrozen: boolean }
  /** Gives a standby take the positions of the sources in the running take. */
  | { readonly type: 'handover.positions'; readonly positions: readonly SourcePosition[] }
  /** Begins a standby take: `atMs` is its media time zero, on the clock of the running take's page; `maxDurationSec` what is left to record. */
  | { readonly type: 'handover.begin'; readonly atMs: number; readonly maxDurationSec: number }
  /** Ends the running take with the picture before `atMs`, with reason `handed-over`. */
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
 * The events of a recorder in their order: `starting`, `started`, any of the rest, `ended` as the last. A take
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
  /** The moment from which the recording is paused. */
  | { readonly type: 'paused'; readonly at: string }
  /** The moment of the first picture after a pause. */
  | { readonly type: 'resumed'; readonly at: string }
  /** A signal or a rule asks for a highlight. The recorder has cut, and will cut at the end of the post-roll. */
  | {
      readonly type: 'trigger'
      /** Identifies the trigger however often it is sent: the signal's id, or the rule and its moment. */
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
      /** The idle seconds so far, for the next take. */
      readonly idleForSec?: IdleTimes
    }
  /** Another take should take over: this one will be too long, or its browser's memory climbs. Sent again and again. */
  | { readonly type: 'handover-due'; readonly at: string; readonly why: 'max-take' | 'memory' }
  /** Every second while the pacing is frozen for another take to take over. */
  | {
      readonly type: 'positions'
      readonly clock: TakeClock
      readonly positions: readonly SourcePosition[]
      /** Media of this take so far, seconds. */
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
