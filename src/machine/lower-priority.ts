import { writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** The kernel takes one such change in 100 ms from all unprivileged processes of a machine together. */
const AGAIN_MS = 150
const ATTEMPTS = 20

/**
 * Lets a process that was just started in a session of its own give way to others, until it has `ended`. Called at once:
 * threads that it makes later inherit its nice value (setpriority(2)). Where the kernel shares the time among sessions
 * before it looks at nice values (sched(7), "The autogroup feature"), its session gets the value too.
 */
export function lowerPriority(pid: number, nice: number, ended: Promise<unknown>): void {
  setPriority(pid, nice)
  void lowerSession(pid, nice, ended)
}

async function lowerSession(pid: number, nice: number, ended: Promise<unknown>): Promise<void> {
  let isOver = false
  const over = ended.then(() => {
    isOver = true
  })
  for (let attempt = 0; attempt < ATTEMPTS && !isOver; attempt++) {
    try {
      return await writeFile(`/proc/${pid}/autogroup`, `${nice}`)
    } catch (error) {
      // Another system, or a container that may not: then nice values are all there is.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return
    }
    await Promise.race([sleep(AGAIN_MS, undefined, { ref: false }), over])
  }
}
