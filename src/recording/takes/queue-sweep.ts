import { errorInfo } from '../../protocol/index.ts'
import { move } from '../changes.ts'
import type { RecordingRepository } from '../ports.ts'
import type { RecordingRecord } from '../record.ts'
import { dueAt, extendWatch, isOverdue, noRoom, type Watch } from '../schedules/start-queue.ts'
import { OPEN_STATES } from '../state.ts'
import type { QueueSweep, TakesPorts } from './takes.ts'

const PAGE = 100
/** Recordings that one sweep reads at most. */
const MOST = 1000

/** The sweep reads what is due from the repository each time; only since when it is checked is kept in this process. */
export function queueSweep({ repository, writer, takeQueue, startQueue, clock, maxQueueSec }: TakesPorts): QueueSweep {
  let watch: Watch | undefined
  return {
    async requeue() {
      const begun = await listAll(repository, { states: OPEN_STATES.filter((state) => state !== 'requested') })
      const due = [...begun, ...(await listAll(repository, { states: ['requested'], dueBefore: clock() }))]
      if (due.length === 0) return
      const lost = new Set(await takeQueue.withoutJob(due.map(({ id }) => id)))
      for (const { id, takes } of due) if (lost.has(id)) await takeQueue.enqueue(id, { goesOn: takes.length > 0 })
    },

    async failWaiting() {
      const now = clock()
      const due = await repository.list({ limit: MOST, states: ['requested'], dueBefore: now })
      const current = extendWatch(watch, now)
      watch = current
      const late = due.filter((record) => isOverdue(record, now, { watch: current, defaultQueueSec: maxQueueSec }))
      const places = await startQueue.places(late.map(({ id }) => id))
      for (const record of late) {
        const place = places.get(record.id)
        if (place === undefined) continue
        const error = errorInfo(noRoom(record, place, now))
        await writer.change(record.id, (current) =>
          current.state === 'requested' ? move(current, 'failed', now, { error }) : undefined,
        )
      }
    },

    async scheduled(until) {
      const now = clock().getTime()
      const due = await repository.list({ limit: MOST, states: ['requested'], dueBefore: until })
      return due
        .filter(({ spec }) => spec.startAt !== undefined)
        .map((record) => ({ recordingId: record.id, inMs: dueAt(record).getTime() - now }))
    },

    enqueue: (recordingId) => takeQueue.enqueue(recordingId),
  }
}

async function listAll(
  repository: RecordingRepository,
  wanted: Pick<Parameters<RecordingRepository['list']>[0], 'states' | 'dueBefore'>,
): Promise<readonly RecordingRecord[]> {
  const all: RecordingRecord[] = []
  for (;;) {
    const last = all.at(-1)
    const page = await repository.list({ ...wanted, limit: PAGE, ...(last && { beforeId: last.id }) })
    all.push(...page)
    if (page.length < PAGE) return all
  }
}
