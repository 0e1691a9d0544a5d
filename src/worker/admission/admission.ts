import { watchLoad } from '../../machine/index.ts'
import { type Admission, type AdmissionLimits, planAdmission } from './plan-admission.ts'
import type { TakeCosts } from './take-costs.ts'

/** The load is a mean of five seconds, and a recording takes its share a second or two after its start. */
const MEASURED_AFTER_MS = 8000
const QUIET_CORES = 0.5

/** Counts what runs on this machine, and decides whether one more recording may. */
export interface AdmissionControl extends Disposable {
  readonly running: number
  decide(): Admission
  /** Whether so much more memory may be in use. */
  hasMemory(bytes: number): boolean
  /** True when half a core at least has nothing to do. */
  isQuiet(): boolean
  /** Counts a recording in until it is disposed. */
  enter(): Place
}

/** What a recording takes up on this machine. */
interface Place extends Disposable {
  /** Its cost is in the load already: the take before it still runs here. */
  isInTheLoad(): void
}

/** `spareBytes`: what those take up who wait for the next take. */
export function openAdmission(
  limits: AdmissionLimits,
  costs: TakeCosts,
  spareBytes: () => number = () => 0,
): AdmissionControl {
  const watch = watchLoad()
  const enteredAtMs = new Map<object, number>()
  return {
    get running() {
      return enteredAtMs.size
    },
    decide() {
      const measuredFromMs = performance.now() - MEASURED_AFTER_MS
      const unmeasured = [...enteredAtMs.values()].filter((atMs) => atMs > measuredFromMs).length
      const running = { running: enteredAtMs.size, unmeasured, spareBytes: spareBytes() }
      return planAdmission(watch.load, costs.expected(), running, limits)
    },
    hasMemory(bytes) {
      const { usedMemoryBytes, memoryBytes } = watch.load
      return usedMemoryBytes + bytes <= (memoryBytes * limits.maxMemoryPercent) / 100
    },
    isQuiet: () => watch.load.cpuCores - watch.load.usedCpuCores >= QUIET_CORES,
    enter() {
      const key = {}
      enteredAtMs.set(key, performance.now())
      return {
        isInTheLoad: () => void (enteredAtMs.has(key) && enteredAtMs.set(key, Number.NEGATIVE_INFINITY)),
        [Symbol.dispose]: () => enteredAtMs.delete(key),
      }
    },
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  }
}
