import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A time in which the machine let a waiting process wait, epoch milliseconds. */
export interface Stall {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Tells when the machine, not the product, was late: a process of its own ticks every 20 ms and writes into a file which ticks came
 * 80 ms late and more. A figure that was taken meanwhile is inconclusive.
 */
export async function startStallMeter(path: string): Promise<AsyncDisposable & { readonly pid: number }> {
  await writeFile(path, '')
  const meter = fork(join(import.meta.dirname, 'stall-meter-process.ts'), [path], { detached: true })
  await once(meter, 'message')
  const exited = once(meter, 'exit')
  return {
    pid: meter.pid ?? 0,
    async [Symbol.asyncDispose]() {
      if (meter.connected) meter.disconnect()
      await exited
    },
  }
}

/** The stalls that ended at this time or later. */
export async function readStalls(path: string, sinceMs = 0): Promise<readonly Stall[]> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  return lines.flatMap((line) => {
    const [fromMs = Number.NaN, toMs = Number.NaN] = line.split(' ').map(Number)
    return toMs >= sinceMs ? [{ fromMs, toMs }] : []
  })
}

export function describeStalls(stalls: readonly Stall[]): string {
  const longest = Math.max(...stalls.map(({ fromMs, toMs }) => toMs - fromMs))
  return `the machine stalled ${stalls.length} times, for up to ${Math.round(longest)} ms`
}
