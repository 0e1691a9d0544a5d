import { access, chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CHROME_PATH } from '../watch/chrome.ts'

const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'

/**
 * The wall clock of a program and its recorders by Debian's libfaketime; the monotonic one stays. Chrome does not start with
 * that library, and Linux has no namespace for the wall clock: Chrome keeps the machine's own.
 */
export class FakeClock {
  readonly #file: string
  readonly #chrome: string

  private constructor(folder: string) {
    this.#file = join(folder, 'clock')
    this.#chrome = join(folder, 'chrome')
  }

  static async open(folder: string): Promise<FakeClock> {
    await access(LIBRARY).catch(() => {
      throw new Error('The clock faults need libfaketime: apt-get install -y --no-install-recommends libfaketime')
    })
    const clock = new FakeClock(folder)
    await writeFile(clock.#chrome, `#!/bin/sh\nunset LD_PRELOAD\nexec ${CHROME_PATH} "$@"\n`)
    await chmod(clock.#chrome, 0o755)
    await clock.step(0)
    return clock
  }

  get environment(): Record<string, string> {
    return {
      PANOREC_CHROME_PATH: this.#chrome,
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_NO_CACHE: '0',
    }
  }

  /** So far from the machine's clock, seconds; seen within a second. */
  async step(offsetSec: number): Promise<void> {
    await writeFile(this.#file, `${offsetSec < 0 ? '-' : '+'}${Math.abs(offsetSec)}\n`)
  }
}
