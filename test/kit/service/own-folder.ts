import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Clips that the kit encodes once and keeps. */
const KEPT = 'panorec-kit-cache'

/**
 * Gives this process and its children a temporary folder of their own, so that what is left there is their own doing, whatever else
 * runs on the machine. Its path is short: Chrome makes a socket below it, and a socket's path has at most 107 characters (unix(7)).
 */
export function useOwnTemporaryFolder(): Disposable {
  const shared = tmpdir()
  const own = mkdtempSync(join(shared, 'panorec-test-'))
  mkdirSync(join(shared, KEPT), { recursive: true })
  symlinkSync(join(shared, KEPT), join(own, KEPT))
  process.env.TMPDIR = own
  return {
    [Symbol.dispose]() {
      process.env.TMPDIR = shared
      rmSync(own, { recursive: true, force: true })
    },
  }
}
