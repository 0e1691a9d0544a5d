import { DEFAULT_VIDEO, toAppError } from '../../protocol/index.ts'
import { ignoreDeleted } from '../../recording/index.ts'
import { deleteMedia, keepManifest, purge, storeManifest } from '../media.ts'
import { createPlanner, msSince } from '../planner.ts'
import type { HighlightsPorts } from '../ports.ts'
import { createRecapJobs } from '../recaps/create-recap-jobs.ts'
import { type HighlightRecord, instant, msOf } from '../record.ts'
import { createHighlightWriter } from '../write.ts'
import { createClipSchedule } from './clip-schedule.ts'
import type { Clips, HighlightIds } from './clips.ts'
import { createClipsOfDeleted } from './clips-of-deleted.ts'
import { keepAllMedia } from './keep-media.ts'
import { orderCutsAgain } from './order-cuts.ts'

/** Whoever hears of the segment plans at once; the sweep does so when nobody did for this long. */
const PLAN_GRACE_MS = 3000
/** A clip is queued when it is planned; queueing it again after this time does no harm. */
const QUEUE_GRACE_MS = 30_000

/** The use cases of workers over their ports. Disposing it ends the watch for what is due. */
export function createClips(ports: HighlightsPorts): Clips {
  const { highlights, recordings, store, observer, clock } = ports
  const writer = createHighlightWriter(ports)
  const planner = createPlanner(ports, writer)

  const failDeleted = async (waiting: readonly HighlightRecord[]): Promise<void> => {
    const error = { code: 'recording.not-found', message: 'The recording was deleted before its clip could be made.' }
    for (const { id } of waiting) {
      await writer.change(id, (current) =>
        current.state === 'waiting'
          ? { record: { ...current, state: 'failed', error }, event: 'highlight.failed' }
          : undefined,
      )
    }
  }
  const planDue = async (recordingId: string, waiting: readonly HighlightRecord[]): Promise<void> => {
    if (waiting.length === 0) return
    const recording = await recordings.findAny(recordingId).catch(ignoreDeleted)
    if (recording === undefined) return await failDeleted(waiting)
    const stored = await planner.load(recording, waiting)
    for (const record of waiting) {
      if (planner.isDue(record, recording, stored)) await planner.plan(record, recording, stored)
    }
  }
  const watch = createClipSchedule({
    highlights,
    observer,
    planDue: async (recordingId, endMs) => planDue(recordingId, await highlights.due(endMs, recordingId)),
  })
  const attempt = async (what: string, recordingId: string | undefined, work: () => Promise<void>): Promise<void> => {
    await work().catch((thrown: unknown) => {
      observer.trouble(toAppError(thrown), what, recordingId === undefined ? {} : { recordingId })
    })
  }

  return {
    ...createRecapJobs(ports),
    ofDeleted: createClipsOfDeleted(ports, writer, planDue),

    storedUntil: watch.storedUntil,
    watchTriggers: (onTrigger) => highlights.watch((heard) => heard !== undefined && onTrigger()),

    async recordingEnded(recordingId) {
      watch.forget(recordingId)
      await attempt('what waited for the end of a recording could not be planned now', recordingId, async () =>
        planDue(recordingId, await highlights.due(Number.POSITIVE_INFINITY, recordingId)),
      )
    },

    takeStarted: (recordingId) => orderCutsAgain(ports, recordingId),

    async sweep() {
      const nowMs = clock().getTime()
      await attempt('the highlights that wait could not be looked at', undefined, async () => {
        const waiting = Map.groupBy(await highlights.due(nowMs - PLAN_GRACE_MS), ({ recordingId }) => recordingId)
        for (const [recordingId, records] of waiting) {
          await attempt('a highlight could not be planned now', recordingId, () => planDue(recordingId, records))
        }
      })
      await attempt('what waiting highlights need could not be kept', undefined, () => keepAllMedia(ports))
      await attempt('the clips that wait could not be looked at', undefined, async () => {
        for (const record of await highlights.cuttingSince(new Date(nowMs - QUEUE_GRACE_MS)))
          await planner.queue(record)
        await queueRecaps(ports, new Date(nowMs - QUEUE_GRACE_MS))
      })
      await attempt('deleted highlights could not be looked at', undefined, async () => {
        for (const ids of await highlights.unpurged()) {
          await attempt('the media of a deleted highlight remain', ids.recordingId, () => purge(ports, ids))
        }
      })
    },

    async begin({ recordingId, highlightId }, surroundings) {
      const record = await highlights.find(highlightId)
      if (record === undefined) {
        await deleteMedia(store, { recordingId, id: highlightId })
        return undefined
      }
      if (record.state !== 'cutting' || record.segments === null) return undefined
      const { spec } = await recordings.findAny(recordingId)
      const { width, height, fps } = { ...DEFAULT_VIDEO, ...spec.video }
      return {
        highlightId,
        recordingId,
        traceId: record.traceId,
        atMs: msOf(record.at),
        fromMs: msOf(record.from),
        toMs: msOf(record.to),
        segments: record.segments,
        video: { width, height, fps },
        ...surroundings,
      }
    },

    async finish(ids, result) {
      const ready = (record: HighlightRecord, now: Date): HighlightRecord => ({
        ...record,
        state: 'ready',
        from: instant(result.firstMs),
        to: instant(result.endMs),
        durationSec: result.durationSec,
        bytes: result.bytes,
        readyAt: now.toISOString(),
      })
      const before = await highlights.find(ids.highlightId)
      if (before?.state === 'cutting') await storeManifest(store, ready(before, clock()))
      let done: HighlightRecord | undefined
      await writer.change(ids.highlightId, (current, now) => {
        if (current.state !== 'cutting') return undefined
        done = ready(current, now)
        return { record: done, event: 'highlight.ready' }
      })
      // It may have been renamed, or deleted, since it was stored.
      await keepManifest(ports, mediaOf(ids))
      if (done !== undefined) observer.ready(done, msSince(done, clock()))
    },

    async fail({ highlightId }, error) {
      let failed: HighlightRecord | undefined
      await writer.change(highlightId, (current) => {
        if (current.state !== 'cutting') return undefined
        failed = { ...current, state: 'failed', error }
        return { record: failed, event: 'highlight.failed' }
      })
      if (failed !== undefined) observer.failed(failed)
    },

    [Symbol.dispose]: () => watch[Symbol.dispose](),
  }
}

const mediaOf = ({ recordingId, highlightId }: HighlightIds) => ({ recordingId, id: highlightId })

async function queueRecaps({ recaps, clipQueue }: HighlightsPorts, deadline: Date): Promise<void> {
  for (const { recordingId, id: recapId } of await recaps.renderingSince(deadline)) {
    await clipQueue.enqueueRecap({ recordingId, recapId })
  }
}
