import { writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { repeat } from '../timing/index.ts'
import { isSystemError } from './process-signals.ts'

/** The kernel takes one such change in 100 ms from all unprivileged processes of a machine together. */
const AGAIN_MS = 150
const ATTEMPTS = 20

/**
 * Lets a process that was just started in a session of its own give way to others, until it has `ended`. Called at once:
 * threads that it makes later inherit its nice value (setpriority(2)). Where the kernel shares the time among sessions
 * before it compares nice values (sched(7), "The autogroup feature"), its session gets the value too.
 */
export function lowerPriority(pid: number, nice: number, ended: Promise<unknown>): void {
  setPriority(pid, nice)
  let attempts = 0
  const lowering = repeat({
    everyMs: AGAIN_MS,
    atOnce: true,
    unref: true,
    async work() {
      attempts += 1
      const isRefused = await refusesForNow(pid, nice)
      if (!isRefused || attempts === ATTEMPTS) lowering[Symbol.dispose]()
    },
  })
  void ended.then(() => lowering[Symbol.dispose]())
}

/** Another refusal is that of another system, or of a container that may not: then nice values are all there is. */
async function refusesForNow(pid: number, nice: number): Promise<boolean> {
  try {
    await writeFile(`/proc/${pid}/autogroup`, `${nice}`)
    return false
  } catch (error) {
    return isSystemError(error, 'EAGAIN')
  }
}
