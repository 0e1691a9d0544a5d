import { DATABASE_FAULTS } from './database-faults.ts'
import type { Fault } from './fault.ts'
import { HOST_FAULTS } from './host-faults.ts'
import { PROCESS_FAULTS } from './process-faults.ts'
import { SOURCE_FAULTS } from './source-faults.ts'
import { STORE_FAULTS } from './store-faults.ts'

const SINGLE = [...PROCESS_FAULTS, ...STORE_FAULTS, ...DATABASE_FAULTS, ...SOURCE_FAULTS, ...HOST_FAULTS]

/** Each fault that the suite knows, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  ...SINGLE,
  atOnce('chrome-killed', 'store-read-only'),
  atOnce('recorder-killed', 'store-read-only'),
  atOnce('service-killed', 'page-killed'),
  atOnce('recorder-killed-shared', 'store-refusing'),
  atOnce('recorder-killed-shared', 'database-hanging'),
  atOnce('worker-killed', 'store-refusing'),
]

/** What breaks most often, in about five minutes: the faults of one row share a stage. */
export const QUICK_FAULTS: readonly (readonly Fault[])[] = [
  ['chrome-killed', 'recorder-killed', 'service-machine-killed', 'source-hls-reset'].map(faultNamed),
  ['postgres-killed', 'recorder-killed-shared', 'worker-killed', 'machine-killed'].map(faultNamed),
]

export function faultNamed(name: string): Fault {
  const found = FAULTS.find((fault) => fault.name === name)
  if (found === undefined) {
    throw new Error(`There is no fault ${name}; there are ${FAULTS.map((fault) => fault.name).join(', ')}.`)
  }
  return found
}

/** Two faults that strike at the same time; the longer one says for how long. */
function atOnce(...names: readonly [string, string]): Fault {
  const pair = names.map((name) => SINGLE.find((fault) => fault.name === name))
  const [first, second] = pair
  if (first === undefined || second === undefined) throw new Error(`There is no pair ${names.join(', ')}`)
  return {
    name: names.join('+'),
    title: `at once: ${first.title}; and ${second.title}`,
    shape: first.shape,
    goOnSec: first.goOnSec + second.goOnSec,
    holdMs: Math.max(first.holdMs, second.holdMs),
    async inject(scene) {
      const heal = await Promise.all([second.inject(scene), first.inject(scene)])
      if (heal.every((each) => each === undefined)) return undefined
      return async () => void (await Promise.all(heal.map((each) => each?.())))
    },
  }
}
