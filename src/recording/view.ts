import { objectKey } from '../archive/keys.ts'
import {
  DEFAULT_MAX_DURATION_SEC,
  DEFAULT_SEGMENT_SEC,
  type Recording,
  type Source,
  type SourceSpec,
  type Take,
  videoSettings,
} from '../protocol/index.ts'
import type { RecordingRecord, SourceRecord, TakeRecord } from './record.ts'

/** A recording as the API shows it. `publicUrl` is the prefix of its links; null for links without a host. */
export function toRecording(record: RecordingRecord, publicUrl: string | null): Recording {
  const { spec } = record
  const media = `${publicUrl ?? ''}/media`
  return {
    id: record.id,
    state: record.state,
    room: spec.room ?? null,
    createdAt: record.createdAt,
    startAt: spec.startAt === undefined ? null : new Date(spec.startAt).toISOString(),
    startedAt: record.startedAt,
    pausedAt: record.pausedAt,
    endedAt: record.endedAt,
    durationSec: roundMs(record.takes.reduce((total, take) => total + take.durationSec, 0)),
    video: videoSettings(spec.video),
    segmentSec: spec.segmentSec ?? DEFAULT_SEGMENT_SEC,
    maxDurationSec: spec.maxDurationSec ?? DEFAULT_MAX_DURATION_SEC,
    layout: record.layout,
    sources: record.sources.map(toSource),
    takes: record.takes.map(toTake),
    stats: record.stats,
    error: record.error,
    metadata: spec.metadata ?? {},
    traceId: record.traceId,
    links: { live: `${media}/${objectKey(record.id, 'live')}`, index: `${media}/${objectKey(record.id, 'index')}` },
  }
}

function toTake({ number, startedAt, endedAt, durationSec, segments, error }: TakeRecord): Take {
  return { number, startedAt, endedAt, durationSec, segments, error }
}

/** A source as the API shows it: without its token, and without a password in its URL. */
export function toSource({ spec, state, since, error }: SourceRecord): Source {
  return {
    id: spec.id,
    type: spec.type,
    url: withoutPassword(spec.url),
    label: labelOf(spec),
    role: spec.role ?? 'participant',
    muted: spec.muted ?? false,
    ...(spec.type === 'video' && { loop: spec.loop ?? false }),
    state,
    since,
    error,
  }
}

const labelOf = (spec: SourceSpec): string => spec.label ?? spec.id

/** RFC 3986 §3.2.1: a password in the user information should never be shown. */
function withoutPassword(text: string): string {
  const url = URL.parse(text)
  if (url === null || (url.username === '' && url.password === '')) return text
  url.username = ''
  url.password = ''
  return url.href
}

const roundMs = (seconds: number): number => Math.round(seconds * 1000) / 1000
