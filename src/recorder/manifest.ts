import type { Segment } from '../playlist/index.ts'
import type {
  ErrorInfo,
  Layout,
  RecorderRequest,
  RecordingState,
  SourceSpec,
  Take,
  VideoSettings,
} from '../protocol/index.ts'
import type { SegmentStore } from '../store/index.ts'
import { getText, putText } from './publication.ts'

/** `recording.json`: enough to rebuild the recording's row in the database, and no secret of it. */
export interface Manifest {
  readonly version: 1
  readonly id: string
  readonly traceId: string
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly state: RecordingState
  readonly durationSec: number
  readonly error: ErrorInfo | null
  readonly takes: readonly Take[]
  readonly spec: ManifestSpec
}

/** The recording as it was asked for, without tokens. */
export interface ManifestSpec {
  readonly room: string | null
  readonly sources: readonly SourceSpec[]
  readonly layout: Layout
  readonly video: VideoSettings
  readonly audio: { readonly bitrateKbps: number }
  readonly segmentSec: number
  readonly maxDurationSec: number
  readonly metadata: Readonly<Record<string, string>>
}

export interface TakeProgress {
  readonly state: RecordingState
  /** When this take began; the first picture's wall time once there is one. */
  readonly startedAt: string
  readonly endedAt: string | null
  readonly error: ErrorInfo | null
}

/** The manifest of a recording whose newest take is this one; the figures of all takes are those of the segments. */
export function buildManifest(
  request: RecorderRequest,
  earlier: Manifest | undefined,
  progress: TakeProgress,
  segments: readonly Segment[],
): Manifest {
  const before = (earlier?.takes ?? []).filter((take) => take.number < request.take)
  const newest: Take = { number: request.take, ...figuresOf(segments, request.take), ...timesOf(progress) }
  return {
    version: 1,
    id: request.recordingId,
    traceId: request.traceId,
    createdAt: request.createdAt,
    startedAt: before[0]?.startedAt ?? progress.startedAt,
    endedAt: progress.endedAt,
    state: progress.state,
    durationSec: durationOf(segments),
    error: progress.error,
    takes: [...before, newest],
    spec: specOf(request),
  }
}

/** The manifest of a recording whose recorder died: its takes hold what is stored of them, the last one ends now. */
export function closeManifest(
  manifest: Manifest,
  end: { readonly endedAt: string; readonly error: ErrorInfo },
  segments: readonly Segment[],
): Manifest {
  const takes = manifest.takes.map((take) => ({
    ...take,
    ...figuresOf(segments, take.number),
    endedAt: take.endedAt ?? end.endedAt,
    error: take.endedAt === null ? end.error : take.error,
  }))
  return {
    ...manifest,
    state: 'failed',
    endedAt: end.endedAt,
    error: end.error,
    takes,
    durationSec: durationOf(segments),
  }
}

/** Undefined when the store has none. */
export async function loadManifest(store: SegmentStore, recordingId: string): Promise<Manifest | undefined> {
  const text = await getText(store, `${recordingId}/recording.json`)
  return text === undefined ? undefined : (JSON.parse(text) as Manifest)
}

/** Atomic, as every `put`: a reader finds the manifest before or the new one. Errors: those of the store. */
export async function storeManifest(store: SegmentStore, manifest: Manifest): Promise<void> {
  await putText(store, `${manifest.id}/recording.json`, `${JSON.stringify(manifest, null, 2)}\n`)
}

function figuresOf(segments: readonly Segment[], take: number): Pick<Take, 'durationSec' | 'segments'> {
  const own = segments.filter((segment) => segment.take === take)
  return { durationSec: durationOf(own), segments: own.length }
}

function timesOf({ startedAt, endedAt, error }: TakeProgress): Pick<Take, 'startedAt' | 'endedAt' | 'error'> {
  return { startedAt, endedAt, error }
}

/** Sums microseconds, so that a day of segments has no rounding error. */
function durationOf(segments: readonly Segment[]): number {
  return segments.reduce((sumUs, segment) => sumUs + Math.round(segment.durationSec * 1e6), 0) / 1e6
}

function specOf(request: RecorderRequest): ManifestSpec {
  const { room, layout, video, segmentSec, maxDurationSec, metadata } = request
  const sources = request.sources.map(withoutSecrets)
  return {
    room,
    sources,
    layout,
    video,
    audio: { bitrateKbps: request.audioBitrateKbps },
    segmentSec,
    maxDurationSec,
    metadata,
  }
}

function withoutSecrets(source: SourceSpec): SourceSpec {
  const url = new URL(source.url)
  url.username = ''
  url.password = ''
  if (source.type !== 'whep') return { ...source, url: url.href }
  const { token: _, ...open } = source
  return { ...open, url: url.href }
}
