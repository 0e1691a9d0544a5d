import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where Node keeps what it compiled for the next process (Node's own variable). */
const VARIABLE = 'NODE_COMPILE_CACHE'

/**
 * Vitest's global set-up of tests that start Node processes: what Node compiles for one of them is there for all others of the run. The
 * service does so for its children in its data folder, and each test has a new one.
 */
export default function shareCompiled(): (() => void) | undefined {
  if (process.env[VARIABLE] !== undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'panorec-compiled-'))
  process.env[VARIABLE] = folder
  return () => {
    delete process.env[VARIABLE]
    rmSync(folder, { recursive: true, force: true })
  }
}
