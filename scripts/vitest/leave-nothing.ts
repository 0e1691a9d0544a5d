import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { assertNothingLeft, takeStock } from '../../test/kit/service/leaks.ts'

/** Clips that the kit encodes once and keeps. */
const KEPT = 'panorec-kit-cache'

/**
 * Each test file works in a temporary folder of its own, so that what it leaves there is its own doing, whatever else
 * runs on the machine. Set up before the file is loaded; looked at after its last hook.
 */
const shared = tmpdir()
const own = mkdtempSync(join(shared, 'panorec-test-'))
mkdirSync(join(shared, KEPT), { recursive: true })
symlinkSync(join(shared, KEPT), join(own, KEPT))
process.env.TMPDIR = own
const before = await takeStock()

afterAll(async () => {
  try {
    await assertNothingLeft(before)
  } finally {
    process.env.TMPDIR = shared
    rmSync(own, { recursive: true, force: true })
  }
})
