import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStallMeter } from '../../test/kit/watch/stall-meter.ts'
import { STALLS_VARIABLE } from './stalls.ts'

/** Vitest's global set-up of every test that waits for something: one stall meter for a run. */
export default async function watchStalls(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[STALLS_VARIABLE] !== undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'panorec-stalls-'))
  const path = join(folder, 'stalls')
  const meter = await startStallMeter(path)
  process.env[STALLS_VARIABLE] = path
  return async () => {
    delete process.env[STALLS_VARIABLE]
    await meter[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  }
}
