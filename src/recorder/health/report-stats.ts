import { createLoadMeter } from '../../machine/index.ts'
import type { RecorderEvent } from '../../protocol/index.ts'
import { repeat } from '../../timing/index.ts'
import type { TakeFigures } from '../take-output.ts'

/** Each report calls the readers once. A load that cannot be measured goes to `onError`, and that report is left out. */
interface StatsSource {
  readonly emit: (event: RecorderEvent) => void
  readonly frames: () => { readonly frames: number; readonly droppedFrames: number }
  readonly figures: () => TakeFigures
  readonly onMemory: (bytes: number) => void
  readonly onError: (error: unknown) => void
}

const EVERY_MS = 2_000

/** Emits `stats` every two seconds: the figures of the take, and the load of this process with its Chrome. */
export function reportStats(source: StatsSource): AsyncDisposable {
  const measure = createLoadMeter(process.pid)
  const report = async (): Promise<void> => {
    const load = await measure(performance.now())
    const { segments, bytes, segmentLatencyMs } = source.figures()
    const stats = { ...source.frames(), segments, bytes, segmentLatencyMs, ...load }
    source.onMemory(load.memoryBytes)
    source.emit({ type: 'stats', at: new Date().toISOString(), stats })
  }
  const first = measure(performance.now()).then(() => undefined, source.onError)
  const reports = repeat({
    everyMs: EVERY_MS,
    async work() {
      await first
      await report()
    },
    onError: source.onError,
  })
  return {
    async [Symbol.asyncDispose]() {
      await reports[Symbol.asyncDispose]()
      await first
    },
  }
}
