import { handOver, type Outcome, reserveTake } from '../changes.ts'
import { lastNumber } from '../record.ts'
import type { TakeContext } from './take-context.ts'
import type { TakeHandovers } from './takes.ts'

/** Errors: `recording.not-found`, and those of the database. */
export function takeHandovers(context: TakeContext): TakeHandovers {
  return {
    async prepareNext(recordingId, handover, surroundings) {
      let reserved: Outcome | undefined
      const record = await context.change(recordingId, (current) => {
        reserved = reserveTake(current, context.ports.takesAhead)
        return reserved
      })
      const number = record.takes.at(-1)?.successor
      if (reserved === undefined || number === undefined) return undefined
      return { ...(await context.requestFor(record, number, surroundings)), handover }
    },

    async handOver(recordingId, takes) {
      const record = await context.change(recordingId, (current, now) => handOver(current, takes, now))
      return lastNumber(record) === takes.to
    },
  }
}
