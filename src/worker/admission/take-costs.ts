import { MEASURED_COST, type RecordingStats } from '../../protocol/index.ts'
import type { RecordingCost } from './plan-admission.ts'

/** The first reports of a take are its start, which costs more. */
const WARM_UP_REPORTS = 3
/** Of each new report this share goes into its take's mean; of each take the newest count. */
const SHARE = 0.1
const MAX_TAKES = 16

interface Measured {
  reports: number
  cpuCores: number
  memoryBytes: number
}

/** What recordings cost here, from what the takes report. */
export interface TakeCosts {
  add(takeKey: string, stats: RecordingStats): void
  /** The mean over the newest takes; what was measured elsewhere (docs/benchmarks.md) before the first report that counts. */
  expected(): RecordingCost
}

export function createTakeCosts(): TakeCosts {
  const takes = new Map<string, Measured>()
  return {
    add(takeKey, { cpuCores, memoryBytes }) {
      const take = takes.get(takeKey) ?? { reports: 0, cpuCores, memoryBytes }
      takes.set(takeKey, take)
      take.reports += 1
      if (take.reports <= WARM_UP_REPORTS) {
        Object.assign(take, { cpuCores, memoryBytes })
      } else {
        take.cpuCores += (cpuCores - take.cpuCores) * SHARE
        // Memory that was needed once may be needed again.
        take.memoryBytes = Math.max(take.memoryBytes, memoryBytes)
      }
      const oldest = takes.keys().next().value
      if (takes.size > MAX_TAKES && oldest !== undefined) takes.delete(oldest)
    },
    expected() {
      const known = [...takes.values()].filter(({ reports }) => reports >= WARM_UP_REPORTS)
      if (known.length === 0) return MEASURED_COST
      const mean = (pick: (take: Measured) => number) => known.reduce((sum, take) => sum + pick(take), 0) / known.length
      return { cpuCores: mean((take) => take.cpuCores), memoryBytes: mean((take) => take.memoryBytes) }
    },
  }
}
