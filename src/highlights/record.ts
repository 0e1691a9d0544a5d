import {
  AppError,
  type ClipGap,
  type ClipSegment,
  DEFAULT_POST_SEC,
  DEFAULT_PRE_SEC,
  type ErrorInfo,
  type Highlight,
  type HighlightState,
  type HighlightTrigger,
  type RecapRequest,
} from '../protocol/index.ts'
import type { RecordingRecord } from '../recording/index.ts'
import type { TriggerOrigin } from './highlights.ts'

/** Everything that is known of a highlight. Times are RFC 3339. */
export interface HighlightRecord {
  readonly id: string
  readonly recordingId: string
  readonly room: string | null
  readonly state: HighlightState
  readonly at: string
  readonly preSec: number
  readonly postSec: number
  readonly label: string | null
  readonly by: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly trigger: Highlight['trigger']
  readonly rule: string | null
  /** One highlight of a recording has it; null for a call of the API without an `Idempotency-Key`. */
  readonly originKey: string | null
  readonly from: string
  readonly to: string
  readonly clamped: Highlight['clamped']
  readonly gaps: readonly ClipGap[]
  /** What `clip.m3u8` names; before it is planned what a rolling recording has to keep for it, null for nothing. */
  readonly segments: readonly ClipSegment[] | null
  readonly durationSec: number | null
  readonly bytes: number | null
  readonly favourite: boolean
  readonly createdAt: string
  readonly playableAt: string | null
  readonly readyAt: string | null
  readonly error: ErrorInfo | null
  readonly traceId: string
}

/** A link as it is kept: without its token, which its id and its expiry make anew. */
export interface ShareRecord {
  readonly id: string
  readonly highlightId: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly revokedAt: string | null
}

/** Everything that is known of a recap. Times are RFC 3339. */
export interface RecapRecord {
  readonly id: string
  readonly recordingId: string
  readonly state: 'rendering' | 'ready' | 'failed'
  readonly title: string | null
  /** In the order of the film. */
  readonly highlights: readonly string[]
  /** Those that were deleted before the film was made. */
  readonly omitted: readonly string[]
  readonly titles: boolean
  readonly crossfadeSec: number
  readonly durationSec: number | null
  readonly bytes: number | null
  readonly createdAt: string
  readonly readyAt: string | null
  readonly error: ErrorInfo | null
  readonly traceId: string
}

/** The id, the trace and the time of a new record. */
interface Birth {
  /** A new ULID. */
  readonly ulid: string
  readonly traceId: string
  readonly now: Date
}

/** A moment may lie at most so far ahead. */
const MAX_AHEAD_MS = 3600 * 1000

/** A new highlight in state `waiting`. Throws `request.invalid` and `highlight.too-far-ahead`, naming `/at`. */
export function buildHighlight(
  recording: RecordingRecord,
  trigger: HighlightTrigger,
  origin: TriggerOrigin,
  { ulid, traceId, now }: Birth,
): HighlightRecord {
  const atMs = momentOf(trigger, now)
  const preSec = trigger.preSec ?? recording.spec.highlights?.preSec ?? DEFAULT_PRE_SEC
  const postSec = trigger.postSec ?? recording.spec.highlights?.postSec ?? DEFAULT_POST_SEC
  return {
    id: `hl_${ulid}`,
    recordingId: recording.id,
    room: recording.spec.room ?? null,
    state: 'waiting',
    at: instant(atMs),
    preSec,
    postSec,
    label: trigger.label ?? null,
    by: trigger.by ?? null,
    metadata: trigger.metadata ?? {},
    trigger: origin.trigger,
    rule: origin.trigger === 'api' ? null : origin.rule,
    originKey: origin.key ?? null,
    from: instant(atMs - preSec * 1000),
    to: instant(atMs + postSec * 1000),
    clamped: null,
    gaps: [],
    segments: null,
    durationSec: null,
    bytes: null,
    favourite: false,
    createdAt: now.toISOString(),
    playableAt: null,
    readyAt: null,
    error: null,
    traceId,
  }
}

/** A new recap in state `rendering`. */
export function buildRecap(
  recordingId: string,
  request: RecapRequest & { readonly highlights: readonly string[] },
  { ulid, traceId, now }: Birth,
): RecapRecord {
  return {
    id: `rcp_${ulid}`,
    recordingId,
    state: 'rendering',
    title: request.title ?? null,
    highlights: request.highlights,
    omitted: [],
    titles: request.titles ?? true,
    crossfadeSec: request.crossfadeSec ?? DEFAULT_CROSSFADE_SEC,
    durationSec: null,
    bytes: null,
    createdAt: now.toISOString(),
    readyAt: null,
    error: null,
    traceId,
  }
}

const DEFAULT_CROSSFADE_SEC = 0.5

export const instant = (ms: number): string => new Date(Math.round(ms)).toISOString()
export const msOf = (text: string): number => Date.parse(text)

function momentOf({ at }: HighlightTrigger, now: Date): number {
  if (at === undefined) return now.getTime()
  const atMs = msOf(at)
  if (!Number.isFinite(atMs)) {
    throw new AppError('request.invalid', 'The field `/at` is not a time.', {
      field: '/at',
      received: at,
      allowed: 'a time as RFC 3339 writes it, such as 2026-11-21T09:00:00.000Z',
    })
  }
  const latestMs = now.getTime() + MAX_AHEAD_MS
  if (atMs > latestMs) {
    throw new AppError('highlight.too-far-ahead', 'The moment `/at` lies more than an hour ahead: trigger it later.', {
      field: '/at',
      received: at,
      allowed: `a time up to ${instant(latestMs)}`,
    })
  }
  return atMs
}
