import {
  DEFAULT_AUDIO_BITRATE_KBPS,
  DEFAULT_MAX_DURATION_SEC,
  DEFAULT_SEGMENT_SEC,
  DEFAULT_VIDEO,
  type ErrorInfo,
  type Layout,
  type RecorderRequest,
  type RecordingSpec,
  type RecordingState,
  type RecordingStats,
  type Signalling,
  type SourceSpec,
  type SourceState,
  type Take,
} from '../protocol/index.ts'

/** A source with what it last reported. The spec holds its token. */
export interface SourceRecord {
  readonly spec: SourceSpec
  readonly state: SourceState
  readonly since: string
  readonly error: ErrorInfo | null
}

/** Everything that is known of a recording, secrets included: never shown, never logged. `toRecording` makes it so. */
export interface RecordingRecord {
  readonly id: string
  readonly state: RecordingState
  readonly spec: RecordingSpec
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly layout: Layout
  readonly sources: readonly SourceRecord[]
  readonly takes: readonly Take[]
  readonly stats: RecordingStats | null
  readonly error: ErrorInfo | null
  readonly traceId: string
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

/** What depends on the machine that runs the take, not on the recording. */
export type RecorderSurroundings = Pick<
  RecorderRequest,
  'store' | 'spoolDir' | 'chromePath' | 'allowPrivateHosts' | 'logLevel'
>

/** The one document that a recorder gets: the recording as it is now, and where this machine keeps things. */
export function buildRecorderRequest(
  record: RecordingRecord,
  take: number,
  signalling: Signalling | null,
  surroundings: RecorderSurroundings,
): RecorderRequest {
  const { spec } = record
  return {
    recordingId: record.id,
    take,
    traceId: record.traceId,
    createdAt: record.createdAt,
    sources: record.sources.map((source) => source.spec),
    layout: record.layout,
    video: { ...DEFAULT_VIDEO, ...spec.video },
    audioBitrateKbps: spec.audio?.bitrateKbps ?? DEFAULT_AUDIO_BITRATE_KBPS,
    segmentSec: spec.segmentSec ?? DEFAULT_SEGMENT_SEC,
    maxDurationSec: spec.maxDurationSec ?? DEFAULT_MAX_DURATION_SEC,
    room: spec.room ?? null,
    signalling,
    metadata: spec.metadata ?? {},
    ...surroundings,
  }
}
