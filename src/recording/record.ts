import {
  DEFAULT_AUDIO_BITRATE_KBPS,
  DEFAULT_MAX_DURATION_SEC,
  DEFAULT_POST_SEC,
  DEFAULT_PRE_SEC,
  DEFAULT_SEGMENT_SEC,
  type ErrorInfo,
  type IdleTimes,
  type Layout,
  type RecorderRequest,
  type RecordingSpec,
  type RecordingState,
  type RecordingStats,
  type Signalling,
  type SourceSpec,
  type SourceState,
  type Take,
  videoSettings,
} from '../protocol/index.ts'

/** A source with what it last reported. The spec holds its token. */
export interface SourceRecord {
  readonly spec: SourceSpec
  readonly state: SourceState
  readonly since: string
  readonly error: ErrorInfo | null
}

/** Media that is stored and that playlists name; gaps are not in it. */
export interface StoredMedia {
  readonly durationSec: number
  readonly segments: number
}

/** What of a recording is stored: over all its takes, and of each that has stored something, in their order. */
export interface StoredTakes extends StoredMedia {
  readonly takes: readonly (StoredMedia & { readonly number: number })[]
}

/** Of a recording, or of a take, that has stored nothing. */
export const NOTHING_STORED: StoredTakes = { durationSec: 0, segments: 0, takes: [] }

/** What a take has stored. */
export function storedOf({ takes }: StoredTakes, take: number): StoredMedia {
  const { durationSec, segments } = takes.find(({ number }) => number === take) ?? NOTHING_STORED
  return { durationSec, segments }
}

/** A take with what only the service needs of it. */
export interface TakeRecord extends Take {
  /** The recorder's first picture; null as long as there is none. */
  readonly firstPictureAt: string | null
  /** The time of its last report. */
  readonly aliveAt: string
  /** The number of the newest take that was to take over from it, whatever became of that one. */
  readonly successor?: number
  /** Numbers up to this one are reserved: only its worker gives them to later takes, without asking. */
  readonly reservedTo?: number
  /** For how long nothing had happened by then, its time in earlier takes included. */
  readonly idleForSec?: IdleTimes
}

/** The number of the newest take; 0 before the first. */
export const lastNumber = ({ takes }: Pick<RecordingRecord, 'takes'>): number => takes.at(-1)?.number ?? 0

/**
 * The number of the recording's next take, where the worker that ran the last one begins it. No number is given twice: of two
 * takes with one number neither the store nor the spool could tell which is the newer one.
 */
export function nextTakeNumber({ takes }: Pick<RecordingRecord, 'takes'>): number {
  return Math.max(lastNumber({ takes }), takes.at(-1)?.successor ?? 0) + 1
}

/** The number of the next take where another worker begins it: above all that the last worker may have used offline. */
export function unreservedTakeNumber({ takes }: Pick<RecordingRecord, 'takes'>): number {
  return Math.max(nextTakeNumber({ takes }), (takes.at(-1)?.reservedTo ?? 0) + 1)
}

/** How a recording ends that no recorder ends. */
export interface Verdict {
  readonly state: 'completed' | 'failed'
  readonly error: ErrorInfo | null
}

/** Everything that is known of a recording, secrets included: never shown, never logged. `toRecording` makes it so. */
export interface RecordingRecord {
  readonly id: string
  readonly state: RecordingState
  readonly spec: RecordingSpec
  readonly createdAt: string
  readonly startedAt: string | null
  /** Since when nothing shall be recorded; it stays over the takes until the recording is resumed. */
  readonly pausedAt: string | null
  readonly endedAt: string | null
  readonly layout: Layout
  readonly sources: readonly SourceRecord[]
  readonly takes: readonly TakeRecord[]
  readonly stats: RecordingStats | null
  readonly error: ErrorInfo | null
  readonly traceId: string
  /** Set when it is deleted: it is not found any more, and what is left of it goes. */
  readonly deletion?: Deletion
}

/** When a recording was deleted, and whether its highlights go with it. */
export interface Deletion {
  readonly at: string
  readonly highlights: 'keep' | 'delete'
}

/** A new recording in state `requested`, with its sources `connecting`. */
export function buildRecord(
  spec: RecordingSpec,
  birth: { readonly id: string; readonly traceId: string; readonly now: Date },
): RecordingRecord {
  const createdAt = birth.now.toISOString()
  return {
    id: birth.id,
    state: 'requested',
    spec,
    createdAt,
    startedAt: null,
    pausedAt: null,
    endedAt: null,
    layout: spec.layout ?? { name: 'grid' },
    sources: (spec.sources ?? []).map((source) => ({
      spec: source,
      state: 'connecting',
      since: createdAt,
      error: null,
    })),
    takes: [],
    stats: null,
    error: null,
    traceId: birth.traceId,
  }
}

/** The room of the built-in hub that the recording joins, and that its signals go to. */
export function roomOf(record: RecordingRecord): string {
  return record.spec.room ?? record.id
}

/** Media seconds that the recording may still take, after what its takes have stored. */
export function remainingSec({ spec, takes }: RecordingRecord): number {
  const stored = takes.reduce((sum, take) => sum + take.durationSec, 0)
  return (spec.maxDurationSec ?? DEFAULT_MAX_DURATION_SEC) - stored
}

/** The settings of the machine that runs the take. */
export type RecorderSurroundings = Pick<
  RecorderRequest,
  | 'store'
  | 'spoolDir'
  | 'spoolMaxBytes'
  | 'maxTakeSec'
  | 'chromePath'
  | 'compositor'
  | 'sourcePlayer'
  | 'allowPrivateHosts'
  | 'logLevel'
>

/** The one document that a recorder gets: the recording as it is now, and where this machine keeps things. */
export function buildRecorderRequest(
  record: RecordingRecord,
  take: number,
  signalling: Signalling | null,
  surroundings: RecorderSurroundings,
): RecorderRequest {
  const { spec } = record
  const idleForSec = record.takes.at(-1)?.idleForSec
  return {
    recordingId: record.id,
    take,
    traceId: record.traceId,
    createdAt: record.createdAt,
    sources: record.sources.map((source) => source.spec),
    layout: record.layout,
    video: videoSettings(spec.video),
    audioBitrateKbps: spec.audio?.bitrateKbps ?? DEFAULT_AUDIO_BITRATE_KBPS,
    segmentSec: spec.segmentSec ?? DEFAULT_SEGMENT_SEC,
    highlights: {
      preSec: spec.highlights?.preSec ?? DEFAULT_PRE_SEC,
      postSec: spec.highlights?.postSec ?? DEFAULT_POST_SEC,
      rules: spec.highlights?.rules ?? [],
    },
    maxDurationSec: remainingSec(record),
    isPaused: record.pausedAt !== null,
    ...(spec.idle && { idle: spec.idle }),
    ...(idleForSec && { idleForSec }),
    ...spec.retention,
    room: spec.room ?? null,
    signalling,
    metadata: spec.metadata ?? {},
    handover: null,
    ...surroundings,
    maxTakeSec: spec.maxTakeSec ?? surroundings.maxTakeSec,
  }
}
