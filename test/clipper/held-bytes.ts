import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What buffers take after everything that nobody holds any more has gone. */
export function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  gc()
  gc()
  return process.memoryUsage().arrayBuffers
}
