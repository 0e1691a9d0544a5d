import { queueSweep } from './queue-sweep.ts'
import { takeClaims } from './take-claims.ts'
import { TakeContext } from './take-context.ts'
import { takeEndings } from './take-endings.ts'
import { takeHandovers } from './take-handovers.ts'
import { takeReports } from './take-reports.ts'
import type { Takes, TakesPorts } from './takes.ts'

/** The use cases of the worker that runs takes, over their ports. */
export function createTakes(ports: TakesPorts): Takes {
  const context = new TakeContext(ports)
  return {
    ...takeClaims(context),
    ...takeHandovers(context),
    ...takeReports(context),
    ...takeEndings(context),
    ...queueSweep(ports),
  }
}
