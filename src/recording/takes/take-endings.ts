import { closeRecord } from '../changes.ts'
import type { TakeContext } from './take-context.ts'
import type { TakeEndings } from './takes.ts'

/** Errors: `recording.not-found`, and those of the database. */
export function takeEndings(context: TakeContext): TakeEndings {
  return {
    async verdict(recordingId) {
      const record = await context.ports.repository.find(recordingId)
      if (record.state === 'failed' || record.state === 'completed') return { state: record.state, error: record.error }
      const step = context.nextStep(record)
      return step.action === 'close' ? step.verdict : undefined
    },

    async close(recordingId, verdict, stored) {
      await context.change(recordingId, (record, now) => closeRecord(record, verdict, stored, now))
    },
  }
}
