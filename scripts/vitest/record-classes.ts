import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { CLASS_NAMES } from '../../test/conformance/classes/class-names.ts'

const RECORD = fileURLToPath(new URL('../../test/conformance/classes/record.ts', import.meta.url))

/** Three times a class on a very slow machine. */
const LONGEST_MS = 600_000

/**
 * Vitest's global set-up of the recorded tests: the classes that they read are recorded before any test runs, while the machine does
 * nothing else. A class that cannot be recorded fails its readers, not the whole run. `RECORDED_CLASSES` names a folder that keeps
 * them, for somebody who writes a reader.
 */
export default async function recordClasses(project: TestProject): Promise<() => void> {
  const kept = process.env.RECORDED_CLASSES
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'panorec-classes-'))
  project.provide('classes', folder)
  for (const name of CLASS_NAMES) {
    if (existsSync(join(folder, name))) continue
    console.log(`Recording the ${name} class, which takes about a minute and a half.`)
    const recorder = spawn(process.execPath, [RECORD, folder, name], {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: LONGEST_MS,
    })
    const [code] = await once(recorder, 'exit')
    if (code !== 0) console.error(`The ${name} class could not be recorded: exit code ${code}`)
  }
  return () => {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true })
  }
}
