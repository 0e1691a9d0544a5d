import { setPriority } from 'node:os'
import { repeat } from '../timing/index.ts'
import { listThreads, readProcessFile } from './proc.ts'
import { readProcessTree } from './process-tree.ts'

/** The name of a page's worker threads in Chrome, as the kernel cuts it (proc(5), `comm`). */
const WORKER_THREAD = 'DedicatedWorker'
/** A CFS weight of about a tenth of a thread at 0: it gives way, and still gets what is left. */
const WORKER_NICENESS = 10
/** hls.js opens a worker with each source, also with one that is added later. A start is everybody's race for a while. */
const EVERY_MS = 5_000

/**
 * Lets the workers of the recorder page give way to its main thread. The main thread must take each frame of each source
 * within 33 ms or it is gone; what the workers do (drawing, encoding, unpacking segments) has queues and may wait. With
 * two recordings on two cores that halves the frames lost. Lowering a priority needs no privilege; without /proc, nothing happens.
 */
export function yieldToMainThread(browserPid: number): AsyncDisposable {
  const known = new Set<number>()
  return repeat({ everyMs: EVERY_MS, work: () => lowerWorkers(browserPid, known) })
}

function lowerWorkers(browserPid: number, known: Set<number>): void {
  for (const { pid } of readProcessTree(browserPid)) {
    for (const thread of listThreads(pid)) {
      if (known.has(thread)) continue
      const name = readProcessFile(pid, `task/${thread}/comm`)
      if (name.trim() === WORKER_THREAD && lower(thread)) known.add(thread)
    }
  }
}

/** On Linux `setpriority` takes a thread's id too (setpriority(2), C library/kernel differences). */
function lower(thread: number): boolean {
  try {
    setPriority(thread, WORKER_NICENESS)
    return true
  } catch {
    // The thread has ended meanwhile: there is nothing left to lower.
    return false
  }
}
