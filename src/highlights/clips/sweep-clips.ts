import { toAppError } from '../../protocol/index.ts'
import { purge } from '../media.ts'
import type { Planner } from '../planner.ts'
import type { HighlightsPorts } from '../ports.ts'
import type { DueClips } from './due-clips.ts'
import { keepAllMedia } from './keep-media.ts'

/** A stored segment plans what is due at once; the sweep does so when none did for this long. */
const PLAN_GRACE_MS = 3000
/** A clip is queued when it is planned. Queueing is idempotent, so that it is repeated after this time. */
const QUEUE_GRACE_MS = 30_000

interface SweepParts {
  readonly due: DueClips
  readonly planner: Planner
}

/** Runs each part of the sweep, whatever became of the others. Never throws. */
export async function sweepClips(ports: HighlightsPorts, { due, planner }: SweepParts): Promise<void> {
  const { clock, observer } = ports
  const nowMs = clock().getTime()
  const attempt: Attempt = async (what, work, about = {}) => {
    await work().catch((thrown: unknown) => observer.trouble(toAppError(thrown), what, about))
  }
  const queuedBefore = new Date(nowMs - QUEUE_GRACE_MS)
  await attempt('the waiting highlights could not be read', () => planDue(ports, due, { nowMs, attempt }))
  await attempt('what waiting highlights need could not be kept', () => keepAllMedia(ports))
  await attempt('the clips that are to be cut could not be queued', async () => {
    for (const record of await ports.highlights.cuttingSince(queuedBefore)) await planner.queue(record)
    await queueRecaps(ports, queuedBefore)
  })
  await attempt('the deleted highlights could not be read', () => purgeDeleted(ports, attempt))
}

type Attempt = (what: string, work: () => Promise<void>, about?: { readonly recordingId?: string }) => Promise<void>

async function planDue(
  { highlights }: HighlightsPorts,
  due: DueClips,
  { nowMs, attempt }: { readonly nowMs: number; readonly attempt: Attempt },
): Promise<void> {
  const waiting = Map.groupBy(await highlights.due(nowMs - PLAN_GRACE_MS), ({ recordingId }) => recordingId)
  for (const [recordingId, records] of waiting) {
    await attempt('a highlight could not be planned now', () => due.plan(recordingId, records), { recordingId })
  }
}

async function queueRecaps({ recaps, clipQueue }: HighlightsPorts, deadline: Date): Promise<void> {
  for (const { recordingId, id: recapId } of await recaps.renderingSince(deadline)) {
    await clipQueue.enqueueRecap({ recordingId, recapId })
  }
}

async function purgeDeleted(ports: HighlightsPorts, attempt: Attempt): Promise<void> {
  for (const ids of await ports.highlights.unpurged()) {
    await attempt('the media of a deleted highlight remain', () => purge(ports, ids), { recordingId: ids.recordingId })
  }
}
