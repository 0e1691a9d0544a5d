import { applyCommand, applyReport } from '../changes.ts'
import { lastNumber } from '../record.ts'
import type { TakeContext } from './take-context.ts'
import type { TakeReports } from './takes.ts'
import { mayAnswer } from './takes-of-record.ts'

/** Errors: `recording.not-found`, and those of the database. Every report is idempotent. */
export function takeReports(context: TakeContext): TakeReports {
  const { commands } = context.ports
  return {
    async report(recordingId, take, report) {
      await context.change(recordingId, (record, now) => applyReport(record, take, report, now))
    },

    async interrupt(recordingId, take, end) {
      const report = { type: 'interrupted', ...end } as const
      const record = await context.change(recordingId, (current, now) => applyReport(current, take, report, now))
      const hasSuccessor = lastNumber(record) !== take
      return hasSuccessor ? { action: 'none' } : context.nextStep(record)
    },

    async answerCommand(recordingId, take, { commandId, error }) {
      const stored = await commands.find(commandId)
      if (stored === undefined || stored.answer !== undefined) return
      let counts = false
      await context.change(recordingId, (current, now) => {
        counts = mayAnswer(current, take)
        return counts && error === null && !stored.applied ? applyCommand(current, stored.command, now) : undefined
      })
      if (counts) await commands.answer(commandId, { error })
    },
  }
}
