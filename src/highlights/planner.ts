import { objectKey } from '../archive/keys.ts'
import { renderClipPlaylist } from '../playlist/index.ts'
import { AppError, errorInfo, toAppError, videoSettings } from '../protocol/index.ts'
import { isFinal, type RecordingRecord } from '../recording/index.ts'
import { withKept } from './clips/kept-segments.ts'
import { deleteMedia } from './media.ts'
import { type ClipPlan, type NoMedia, selectSegments } from './plan.ts'
import type { HighlightsPorts, RecordingIndex, StoredIndex } from './ports.ts'
import { type HighlightRecord, instant, msOf } from './record.ts'
import type { HighlightOutcome, HighlightWriter } from './write.ts'

/** A recorder that died uploads no more, and one whose worker died has ended: what is stored now is all there will be. */
const ABANDONED_MS = 60_000
/** In a pause nothing is stored. What was recorded before it is, by then; the store may be slow. */
const PAUSE_GRACE_MS = 15_000

/** Turns a highlight that waits into a clip to be cut, once everything that it can have is stored. */
export class Planner {
  readonly #ports: HighlightsPorts
  readonly #writer: HighlightWriter

  constructor(ports: HighlightsPorts, writer: HighlightWriter) {
    this.#ports = ports
    this.#writer = writer
  }

  /** What is stored around the time of these highlights, and after it. Errors: of the store. */
  load(recording: RecordingRecord, records: readonly HighlightRecord[]): Promise<StoredIndex | undefined> {
    return loadFor(this.#ports.index, recording, records)
  }

  /** True when waiting longer would change nothing about the clip. */
  isDue(record: HighlightRecord, recording: RecordingRecord, stored: StoredIndex | undefined): boolean {
    const endMs = endOf(stored) + frameMsOf(recording) / 2
    if (endMs >= msOf(record.to)) return true
    const nowMs = this.#ports.clock().getTime()
    if (isFinal(recording.state)) {
      return stored?.ended === true || nowMs > msOf(recording.endedAt ?? recording.createdAt) + ABANDONED_MS
    }
    return recording.state === 'paused' && nowMs > msOf(record.to) + PAUSE_GRACE_MS
  }

  /** Throws `highlight.no-media`, with the nearest range in `allowed`, where the clip would have none. */
  async check(record: HighlightRecord, recording: RecordingRecord, stored: StoredIndex | undefined): Promise<void> {
    const plan = await this.#planOf(record, recording, stored)
    if (plan.kind === 'no-media') throw noMedia(record, plan)
  }

  /** Stores `clip.m3u8` and queues the exact clip. Idempotent. Errors: of the store and the database. */
  async plan(
    record: HighlightRecord,
    recording: RecordingRecord,
    stored: StoredIndex | undefined,
  ): Promise<HighlightRecord | undefined> {
    const plan = await this.#planOf(record, recording, stored)
    return plan.kind === 'no-media' ? await this.#fail(record, plan) : await this.#publish(record, plan)
  }

  /** Queues a clip that is due. A queue that fails is reported; the sweep queues the clip again. */
  async queue(record: HighlightRecord): Promise<void> {
    const { clipQueue, observer } = this.#ports
    const { recordingId, id: highlightId } = record
    await clipQueue.enqueueClip({ recordingId, highlightId }).catch((thrown: unknown) => {
      observer.trouble(toAppError(thrown), 'a clip could not be queued now', record)
    })
  }

  /** Only a clip without media needs to know of all that is stored. */
  async #planOf(
    record: HighlightRecord,
    recording: RecordingRecord,
    stored: StoredIndex | undefined,
  ): Promise<ClipPlan | NoMedia> {
    const plan = planFrom(record, recording, stored)
    return plan.kind === 'plan' ? plan : planFrom(record, recording, await this.#ports.index.load(recording.id))
  }

  async #fail(record: HighlightRecord, plan: NoMedia): Promise<HighlightRecord | undefined> {
    const error = errorInfo(noMedia(record, plan))
    const failed = await this.#writer.change(record.id, (current) => failWaiting(current, error))
    if (failed?.error === error) this.#ports.observer.failed(failed)
    return failed
  }

  /** The playlist comes first, so that a clip that is `playable` plays. */
  async #publish(record: HighlightRecord, plan: ClipPlan): Promise<HighlightRecord | undefined> {
    const { store, observer, clock } = this.#ports
    const key = objectKey(record.recordingId, 'clipPlaylist', { highlight: record.id })
    await store.put(key, new TextEncoder().encode(renderClipPlaylist(plan.segments, plan.fromMs)))
    let planned: HighlightRecord | undefined
    const after = await this.#writer.change(record.id, (current, now) => {
      if (current.state !== 'waiting') return undefined
      planned = withPlan(current, plan, now)
      return { record: planned, event: 'highlight.playable' }
    })
    if (after === undefined) await deleteMedia(store, record)
    if (planned === undefined) return after
    observer.playable(planned, msSince(planned, clock()))
    await this.queue(planned)
    return after
  }
}

/** From the end of what was asked or, where that came first, of the recording; or from the trigger, where that came later. */
export function msSince(record: HighlightRecord, now: Date): number {
  const askedToMs = msOf(record.at) + record.postSec * 1000
  return now.getTime() - Math.max(Math.min(askedToMs, msOf(record.to)), msOf(record.createdAt))
}

/** A picture that is seen when a clip begins, and the sound with it, began at most so much earlier. */
const LEAD_MS = 1000

/** What is stored from the earliest begin of these highlights on: of a long recording, that is little. */
export function loadFor(
  index: RecordingIndex,
  recording: RecordingRecord,
  records: readonly HighlightRecord[],
): Promise<StoredIndex | undefined> {
  const fromMs = records.map(({ from }) => msOf(from)).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  return index.load(recording.id, { sinceMs: fromMs - LEAD_MS })
}

/** The length of one picture of the recording. */
export function frameMsOf({ spec }: RecordingRecord): number {
  return 1000 / videoSettings(spec.video).fps
}

function endOf(stored: StoredIndex | undefined): number {
  const last = stored?.segments.at(-1)
  return last === undefined ? Number.NEGATIVE_INFINITY : last.programDateTimeMs + last.durationSec * 1000
}

function planFrom(
  record: HighlightRecord,
  recording: RecordingRecord,
  stored: StoredIndex | undefined,
): ClipPlan | NoMedia {
  return selectSegments({
    segments: withKept(record.segments, stored?.segments ?? []),
    atMs: msOf(record.at),
    fromMs: msOf(record.from),
    toMs: msOf(record.to),
    frameSec: frameMsOf(recording) / 1000,
  })
}

function withPlan(record: HighlightRecord, plan: ClipPlan, now: Date): HighlightRecord {
  const { clamped } = plan
  return {
    ...record,
    state: 'cutting',
    from: instant(plan.fromMs),
    to: instant(plan.toMs),
    clamped: clamped && {
      ...(clamped.fromMs !== undefined && { from: instant(clamped.fromMs) }),
      ...(clamped.toMs !== undefined && { to: instant(clamped.toMs) }),
    },
    gaps: plan.gaps.map(({ fromMs, toMs }) => ({ from: instant(fromMs), to: instant(toMs) })),
    segments: plan.segments,
    playableAt: now.toISOString(),
  }
}

function failWaiting(
  record: HighlightRecord,
  error: NonNullable<HighlightRecord['error']>,
): HighlightOutcome | undefined {
  if (record.state !== 'waiting') return undefined
  return { record: { ...record, state: 'failed', segments: null, error }, event: 'highlight.failed' }
}

function noMedia({ recordingId, from, to }: HighlightRecord, { nearest }: NoMedia): AppError {
  const range = nearest && `${instant(nearest.fromMs)} to ${instant(nearest.toMs)}`
  const message = `Nothing of ${recordingId} is stored from ${from} to ${to}`
  return new AppError(
    'highlight.no-media',
    range === null ? `${message}, nor at any other time.` : `${message}; the nearest media are from ${range}.`,
    { field: '/at', received: `${from} to ${to}`, allowed: range ?? 'nothing: the recording has no media' },
  )
}
