import { delay } from '../../src/timing/index.ts'
import { findRole, hit } from '../../test/kit/stage/processes.ts'
import type { Fault, Heal, Scene } from './fault.ts'

const HOUR_SEC = 3600
/** The programs see a stepped clock within a second. */
const SEEN_MS = 2_000

const stepClock =
  (hours: number, kill: boolean) =>
  async ({ stage, recordingId }: Scene): Promise<Heal | undefined> => {
    await stage.clock?.step(hours * HOUR_SEC)
    if (kill) {
      await delay(SEEN_MS)
      for (const { pid } of await findRole(stage.folder, 'recorder', recordingId)) hit(pid, 'SIGKILL')
    }
    // It stays stepped: a clock that was set right does not go back.
    return async () => {}
  }

async function pullCable({ stage: { network } }: Scene): Promise<Heal | undefined> {
  await network?.pull()
  return network && (() => network.plug())
}

/** Of the network between hosts, and of the clock. */
export const HOST_FAULTS: readonly Fault[] = [
  {
    name: 'network-cut',
    title: 'the host that records is cut off for 60 s: another one takes over, and the first one comes back',
    shape: 'network',
    goOnSec: 20,
    holdMs: 60_000,
    inject: pullCable,
  },
  ...([1, -1] as const).flatMap((hours): Fault[] => [
    {
      name: hours > 0 ? 'clock-forward' : 'clock-back',
      title: `wall clock stepped by ${hours > 0 ? '+' : '−'}1 h`,
      shape: 'clock',
      goOnSec: 0,
      holdMs: 5_000,
      inject: stepClock(hours, false),
    },
    {
      name: hours > 0 ? 'clock-forward-recorder' : 'clock-back-recorder',
      title: `wall clock stepped by ${hours > 0 ? '+' : '−'}1 h, then recorder, kill -9`,
      shape: 'clock',
      goOnSec: 5,
      holdMs: 5_000,
      inject: stepClock(hours, true),
    },
  ]),
]
