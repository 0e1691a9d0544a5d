import type { Manifest } from '../archive/index.ts'
import type { ErrorInfo, RecordingSpec } from '../protocol/index.ts'
import type { Deletion, RecordingRecord } from '../recording/index.ts'

/** The error of a recording whose manifest was never closed. */
export const NEVER_CLOSED: ErrorInfo = {
  code: 'recorder.lost',
  message: 'The recording was never closed; its row was restored from the store.',
}

/** The row of a recording that has ended, from its manifest. */
export function buildRestoredRecord(
  manifest: Manifest,
  endedAt: string,
  deletion: Deletion | undefined,
): RecordingRecord {
  const { id, traceId, createdAt, startedAt, spec } = manifest
  return {
    id,
    traceId,
    createdAt,
    startedAt,
    pausedAt: null,
    endedAt,
    state: manifest.endedAt !== null && manifest.state === 'completed' ? 'completed' : 'failed',
    error: manifest.endedAt === null ? NEVER_CLOSED : manifest.error,
    layout: spec.layout,
    stats: null,
    spec: specOf(spec),
    sources: spec.sources.map((source) => ({ spec: source, state: 'ended', since: endedAt, error: null })),
    takes: manifest.takes.map((take) => ({
      ...take,
      endedAt: take.endedAt ?? endedAt,
      firstPictureAt: take.segments > 0 ? take.startedAt : null,
      aliveAt: take.endedAt ?? endedAt,
    })),
    ...(deletion && { deletion }),
  }
}

function specOf(stored: Manifest['spec']): RecordingSpec {
  const { room, sources, layout, video, audio, segmentSec, highlights, maxDurationSec, metadata } = stored
  return {
    ...(room !== null && { room }),
    sources: [...sources],
    layout,
    video,
    audio,
    segmentSec,
    highlights: { ...highlights, rules: [...highlights.rules] },
    maxDurationSec,
    ...retentionOf(stored),
    metadata,
  }
}

function retentionOf({ rollingSec, maxAgeSec }: Manifest['spec']): Pick<RecordingSpec, 'retention'> {
  if (rollingSec === undefined && maxAgeSec === undefined) return {}
  return {
    retention: { ...(rollingSec !== undefined && { rollingSec }), ...(maxAgeSec !== undefined && { maxAgeSec }) },
  }
}
