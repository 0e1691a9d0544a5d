import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A time in which the machine let a waiting process wait. */
export interface Stall {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Tells when the machine, not the product, was late: a process of its own ticks every 20 ms and writes down which ticks came 80 ms
 * late and more. A figure that was taken meanwhile says nothing.
 */
export class StallMeter implements AsyncDisposable {
  readonly stalls: Stall[] = []
  readonly #process: ChildProcess

  private constructor(process: ChildProcess) {
    this.#process = process
    process.on('message', (message: 'ready' | { toMs: number; lateMs: number }) => {
      if (message !== 'ready') this.stalls.push({ fromMs: message.toMs - message.lateMs, toMs: message.toMs })
    })
  }

  static async start(): Promise<StallMeter> {
    const process = fork(join(import.meta.dirname, 'stall-meter-process.ts'), { detached: true })
    const meter = new StallMeter(process)
    await once(process, 'message')
    return meter
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#process, 'exit')
    this.#process.disconnect()
    await exited
  }
}

/** How often a measurement is repeated whose figures say nothing. */
const REPEATS = 2

/**
 * Runs a measurement. One that fails while the machine stalled is inconclusive: it is repeated, at most twice, and named on standard
 * error; one that fails on a machine that was never late has failed.
 */
export async function whileQuiet<T>(name: string, measure: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    await using meter = await StallMeter.start()
    try {
      return await measure()
    } catch (error) {
      if (meter.stalls.length === 0) throw error
      const why = `${name} is inconclusive: ${describeStalls(meter.stalls)}`
      if (attempt === REPEATS) throw new Error(`${why}, for the third time`, { cause: error })
      console.error(`${why}. It is repeated. It had failed with: ${error}`)
    }
  }
}

export function describeStalls(stalls: readonly Stall[]): string {
  const longest = Math.max(...stalls.map(({ fromMs, toMs }) => toMs - fromMs))
  return `the machine stalled ${stalls.length} times, for up to ${Math.round(longest)} ms`
}
