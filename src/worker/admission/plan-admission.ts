import type { MachineLoad } from '../../machine/index.ts'
import type { Refusal } from '../../recording/index.ts'

/** What one recording takes. */
export interface RecordingCost {
  readonly cpuCores: number
  readonly memoryBytes: number
}

export interface AdmissionLimits {
  readonly maxRecordings: number
  /** How far recordings may load the machine, per cent of what it has. */
  readonly maxCpuPercent: number
  readonly maxMemoryPercent: number
}

/**
 * What runs here; `unmeasured` of them began so lately that the load does not show them yet. `spareBytes` of the memory in use are those
 * of recorders that wait: one becomes the next recording's, and the others go when there is no room.
 */
interface RunningTakes {
  readonly running: number
  readonly unmeasured: number
  readonly spareBytes: number
}

export type Admission = { readonly admitted: true } | { readonly admitted: false; readonly reason: Refusal }

/**
 * Whether one more recording fits. A worker that runs nothing always has the CPU for one: it would fit nowhere if not
 * there, and what else loads the machine may be over by then.
 */
export function planAdmission(
  load: MachineLoad,
  cost: RecordingCost,
  { running, unmeasured, spareBytes }: RunningTakes,
  limits: AdmissionLimits,
): Admission {
  if (running >= limits.maxRecordings) return { admitted: false, reason: 'slots' }
  const more = unmeasured + 1
  const memoryBytes = load.usedMemoryBytes - spareBytes + more * cost.memoryBytes
  if (memoryBytes > (load.memoryBytes * limits.maxMemoryPercent) / 100) return { admitted: false, reason: 'memory' }
  const cpuCores = load.usedCpuCores + more * cost.cpuCores
  if (running > 0 && cpuCores > (load.cpuCores * limits.maxCpuPercent) / 100) return { admitted: false, reason: 'cpu' }
  return { admitted: true }
}
