import { beginTake } from '../changes.ts'
import { lastNumber } from '../record.ts'
import { isWaiting, loseTake } from './plan-step.ts'
import type { TakeContext } from './take-context.ts'
import type { TakeClaims } from './takes.ts'
import { isBetweenTakes } from './takes-of-record.ts'

/** Each claim is one change of the record: of two workers that claim a take, one gets it. Errors: of the database. */
export function takeClaims(context: TakeContext): TakeClaims {
  const { offline, ports } = context
  return {
    async resume(recordingId) {
      offline.forget(recordingId)
      let isOrphaned = false
      const record = await context.change(recordingId, (current, now) => {
        const lost = loseTake(current, now)
        isOrphaned = lost !== undefined
        return lost
      })
      const step = context.nextStep(record)
      return step.action === 'close' && record.state === 'finalizing' ? { ...step, isOrphaned } : step
    },

    async begin(recordingId, surroundings, reserved) {
      let isBegun = false
      const record = await context.change(recordingId, (current, now) => {
        // An answer that was lost on its way makes the caller ask again.
        isBegun = !isBetweenTakes(current) && (lastNumber(current) === reserved || offline.isOwn(current))
        if (isBegun) return undefined
        const numbers = isWaiting(current) ? offline.numbers(current, reserved) : undefined
        isBegun = numbers !== undefined
        return numbers && beginTake(current, now, numbers)
      })
      if (!isBegun) return undefined
      offline.adopt(record)
      if (record.spec.retention?.rollingSec !== undefined) await ports.takeQueue.enqueueRemoval(recordingId)
      return await context.requestFor(record, lastNumber(record), surroundings)
    },

    async beginOffline(recordingId, broken, surroundings) {
      const record = offline.interrupt(recordingId, broken, ports.clock())
      const step = record && context.nextStep(record)
      if (record === undefined || step?.action !== 'begin') return undefined
      const next = offline.begin(record, ports.clock())
      if (next === undefined) return undefined
      const request = await context.requestFor(next, lastNumber(next), surroundings)
      return { delayMs: step.delayMs, since: step.since, request }
    },

    release: (recordingId) => offline.forget(recordingId),
  }
}
