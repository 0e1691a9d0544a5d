import type {
  ErrorInfo,
  Layout,
  RecorderRequest,
  RecordingState,
  SourceSpec,
  Take,
  VideoSettings,
} from '../protocol/index.ts'
import { type StoredTakes, storedOf } from '../recording/record.ts'
import type { SegmentStore } from '../store/index.ts'
import { objectKey } from './keys.ts'
import { getText, putText } from './stored-text.ts'

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

/** The recording as it was asked for, without tokens: queries of source URLs are left out, because they often are tokens. */
interface ManifestSpec {
  readonly room: string | null
  readonly sources: readonly SourceSpec[]
  readonly layout: Layout
  readonly video: VideoSettings
  readonly audio: { readonly bitrateKbps: number }
  readonly segmentSec: number
  readonly highlights: RecorderRequest['highlights']
  readonly maxDurationSec: number
  /** A rolling recording keeps its last so many seconds. */
  readonly rollingSec?: number
  /** The recording is deleted so many seconds after its end. */
  readonly maxAgeSec?: number
  readonly metadata: Readonly<Record<string, string>>
}

/** `endedAt` and `error` are the take's; they are the recording's too once it has `completed`. */
export interface TakeProgress {
  readonly state: RecordingState
  /** When this take began; the first picture's wall time once there is one. */
  readonly startedAt: string
  readonly endedAt: string | null
  readonly error: ErrorInfo | null
}

/** Builds the manifest of a recording whose newest take is this one; durations are those of what is stored. */
export function buildManifest(
  request: RecorderRequest,
  earlier: Manifest | undefined,
  progress: TakeProgress,
  stored: StoredTakes,
): Manifest {
  const before = (earlier?.takes ?? [])
    .filter(({ number }) => number < request.take)
    .map((take) => ({ ...take, ...storedOf(stored, take.number) }))
  const isOver = progress.state === 'completed'
  const newest: Take = { number: request.take, ...storedOf(stored, request.take), ...timesOf(progress) }
  return {
    version: 1,
    id: request.recordingId,
    traceId: request.traceId,
    createdAt: request.createdAt,
    startedAt: before[0]?.startedAt ?? progress.startedAt,
    endedAt: isOver ? progress.endedAt : null,
    state: progress.state,
    durationSec: stored.durationSec,
    error: isOver ? progress.error : null,
    takes: [...before, newest],
    spec: specOf(request),
  }
}

/** How a recording ended that no recorder closed. */
export interface RecordingEnd {
  readonly state: 'completed' | 'failed'
  readonly endedAt: string
  readonly error: ErrorInfo | null
}

/** Ends a manifest: its takes get what is stored of them, the open ones the end. An end that it already has stays. */
export function closeManifest(manifest: Manifest, end: RecordingEnd, stored: StoredTakes): Manifest {
  const takes = manifest.takes.map((take) => ({
    ...take,
    ...storedOf(stored, take.number),
    endedAt: take.endedAt ?? end.endedAt,
    error: take.endedAt === null ? end.error : take.error,
  }))
  const { durationSec } = stored
  if (manifest.endedAt !== null) return { ...manifest, takes, durationSec }
  return { ...manifest, ...end, takes, durationSec }
}

/** Loads the manifest; undefined when the store has none. Errors: those of the store. */
export async function loadManifest(store: SegmentStore, recordingId: string): Promise<Manifest | undefined> {
  const text = await getText(store, objectKey(recordingId, 'manifest'))
  return text === undefined ? undefined : (JSON.parse(text) as Manifest)
}

/** Stores the manifest atomically: a reader finds the one before or the new one. Errors: those of the store. */
export async function storeManifest(store: SegmentStore, manifest: Manifest): Promise<void> {
  await putText(store, objectKey(manifest.id, 'manifest'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function timesOf({ startedAt, endedAt, error }: TakeProgress): Pick<Take, 'startedAt' | 'endedAt' | 'error'> {
  return { startedAt, endedAt, error }
}

function specOf(request: RecorderRequest): ManifestSpec {
  const { room, layout, video, segmentSec, highlights, maxDurationSec, rollingSec, maxAgeSec, metadata } = request
  const sources = request.sources.map(withoutSecrets)
  return {
    room,
    sources,
    layout,
    video,
    audio: { bitrateKbps: request.audioBitrateKbps },
    segmentSec,
    highlights,
    maxDurationSec,
    ...(rollingSec !== undefined && { rollingSec }),
    ...(maxAgeSec !== undefined && { maxAgeSec }),
    metadata,
  }
}

function withoutSecrets(source: SourceSpec): SourceSpec {
  const url = new URL(source.url)
  url.username = ''
  url.password = ''
  url.search = ''
  if (source.type !== 'whep') return { ...source, url: url.href }
  const { token: _, ...open } = source
  return { ...open, url: url.href }
}
