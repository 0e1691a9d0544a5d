import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import type { ClassName } from '../../test/conformance/classes/class-names.ts'
import { CLASSES_VARIABLE, OVER } from './classes.ts'

const RECORD = fileURLToPath(new URL('../../test/conformance/classes/record.ts', import.meta.url))

/** Three times a class on a very slow machine. */
const LONGEST_MS = 600_000

/**
 * Vitest's global set-up of the recorded tests: records the classes that they read. Frames and beeps of the steady one are held to
 * promises, so it has the machine to itself. While the eventful one is recorded the pure tests run, with the least priority; every
 * other file waits, see `after-classes.ts`. A class that cannot be recorded fails its readers, not the whole run. `RECORDED_CLASSES`
 * names a folder that keeps them, for somebody who writes a reader.
 */
export default async function recordClasses(project: TestProject): Promise<() => Promise<void>> {
  const kept = process.env.RECORDED_CLASSES
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'panorec-classes-'))
  project.provide('classes', folder)
  process.env[CLASSES_VARIABLE] = folder
  rmSync(join(folder, OVER), { force: true })
  const recorder = new ClassRecorder(folder)
  await recorder.record('steady')
  const recorded = recorder.record('eventful').then(() => writeFile(join(folder, OVER), ''))
  return async () => {
    recorder.end()
    await recorded
    delete process.env[CLASSES_VARIABLE]
    if (kept === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

class ClassRecorder {
  readonly #folder: string
  #running: ChildProcess | undefined
  #isOver = false

  constructor(folder: string) {
    this.#folder = folder
  }

  async record(name: ClassName): Promise<void> {
    if (this.#isOver || existsSync(join(this.#folder, name))) return
    console.log(`Recording the ${name} class, which takes about a minute and a half.`)
    // In a session of its own: the kernel shares the time among sessions before it looks at nice values (sched(7), autogroups).
    this.#running = spawn(process.execPath, [RECORD, this.#folder, name], {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: LONGEST_MS,
    })
    const [code] = await once(this.#running, 'exit')
    this.#running = undefined
    if (code !== 0 && !this.#isOver) console.error(`The ${name} class could not be recorded: exit code ${code}`)
  }

  /** Whoever stops the tests stops the class. */
  end(): void {
    this.#isOver = true
    this.#running?.kill()
  }
}
