import type { ErrorInfo } from '../../protocol/index.ts'
import { AT_MAX_DURATION, applyReport, type Outcome } from '../changes.ts'
import { type RecordingRecord, remainingSec, type Verdict } from '../record.ts'
import { isFinal } from '../state.ts'
import { planNextTake, type RecoveryPolicy } from './plan-next-take.ts'
import { isBetweenTakes } from './takes-of-record.ts'

/** The next step of the worker with a recording that no recorder has. */
export type NextStep =
  /** `since`: when the take before ended; null before the first one. */
  | { readonly action: 'begin'; readonly delayMs: number; readonly since: string | null }
  /** `isOrphaned`: a recorder that was ending when its worker died may still be at it. */
  | { readonly action: 'close'; readonly verdict: Verdict; readonly isOrphaned: boolean }
  | { readonly action: 'none' }

const LOST: ErrorInfo = {
  code: 'recorder.lost',
  message: 'The worker of this take disappeared; what was stored until then plays.',
}

/** True when the next take of the recording may begin. */
export function isWaiting(record: RecordingRecord): boolean {
  return record.state === 'requested' || (record.state === 'recovering' && isBetweenTakes(record))
}

/** Ends the running take, because its worker is lost; undefined when none runs. */
export function loseTake(record: RecordingRecord, now: Date): Outcome | undefined {
  const running = record.takes.at(-1)
  if (running === undefined || isBetweenTakes(record)) return undefined
  return applyReport(record, running.number, { type: 'interrupted', at: running.aliveAt, error: LOST }, now)
}

/** Plans the next step from the record alone. */
export function planStep(
  record: RecordingRecord,
  times: Parameters<typeof planNextTake>[1],
  policy: RecoveryPolicy | undefined,
): NextStep {
  const last = record.takes.at(-1)
  if (record.state === 'requested') return { action: 'begin', delayMs: 0, since: null }
  if (isFinal(record.state) || !isBetweenTakes(record)) return { action: 'none' }
  if (record.state === 'finalizing') return close('completed', last?.error ?? null)
  if (remainingSec(record) <= 0) return close('completed', AT_MAX_DURATION)
  const plan = planNextTake(record.takes, times, policy)
  if (plan.action === 'give-up') return close('failed', plan.error)
  return { action: 'begin', delayMs: plan.delayMs, since: last?.endedAt ?? null }
}

const close = (state: Verdict['state'], error: ErrorInfo | null): NextStep => ({
  action: 'close',
  verdict: { state, error },
  isOrphaned: false,
})
