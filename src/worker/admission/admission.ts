import { watchLoad } from '../../machine/index.ts'
import { type Admission, type AdmissionLimits, planAdmission } from './plan-admission.ts'
import type { TakeCosts } from './take-costs.ts'

/** The load is a mean of five seconds, and a recording takes its share a second or two after its start. */
const MEASURED_AFTER_MS = 8000

/** What runs on this machine, and whether one more may. */
export interface AdmissionDesk extends Disposable {
  readonly running: number
  decide(): Admission
  /** Counts a recording in until it is disposed. */
  enter(): Place
}

/** What a recording has on this machine. */
export interface Place extends Disposable {
  /** What it costs is in the load already: the take before it still runs here. */
  isInTheLoad(): void
}

export async function openAdmission(limits: AdmissionLimits, costs: TakeCosts): Promise<AdmissionDesk> {
  const watch = await watchLoad()
  const inside = new Map<object, number>()
  return {
    get running() {
      return inside.size
    },
    decide() {
      const measuredFrom = performance.now() - MEASURED_AFTER_MS
      const unmeasured = [...inside.values()].filter((enteredAt) => enteredAt > measuredFrom).length
      return planAdmission(watch.load, costs.expected(), { running: inside.size, unmeasured }, limits)
    },
    enter() {
      const key = {}
      inside.set(key, performance.now())
      return {
        isInTheLoad: () => void (inside.has(key) && inside.set(key, Number.NEGATIVE_INFINITY)),
        [Symbol.dispose]: () => inside.delete(key),
      }
    },
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  }
}
