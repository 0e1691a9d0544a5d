import { appendFile, writeFile } from 'node:fs/promises'
import type { Signal } from '../protocol/index.ts'
import { getText, type Publication } from '../publication/index.ts'
import type { SegmentStore } from '../store/index.ts'

/** A line of `signals.jsonl`. `mediaSec` is the place in the recording's playback; negative before its beginning. */
export interface SignalLine {
  readonly mediaSec: number
  readonly take: number
  readonly signal: Signal
}

export interface SignalLogOptions {
  readonly store: SegmentStore
  readonly recordingId: string
  readonly take: number
  /** The log's own copy on this machine. */
  readonly path: string
  readonly publication: Promise<Publication>
  /** Wall time of the take's first picture, epoch milliseconds. */
  readonly takeStartMs: Promise<number>
  /** How long the take stood still before this wall time, milliseconds. */
  readonly pausedMsBefore: (atMs: number) => number
}

/** Keeps every signal of the take once, after those of earlier takes. */
export interface SignalLog {
  /** Returns those that are new to this take. */
  add(signals: readonly Signal[]): readonly Signal[]
  /**
   * Stores what is not stored yet; does nothing while the first picture is still awaited. Calls must not overlap; one
   * that failed is made good by the next.
   */
  flush(): Promise<void>
}

export function createSignalLog(options: SignalLogOptions): SignalLog {
  const seen = new Set<string>()
  const waiting: Signal[] = []
  let bases:
    | Promise<{ readonly baseSec: number; readonly startMs: number; readonly logged: ReadonlySet<string> }>
    | undefined
  let isReady = false
  let isDirty = false
  Promise.all([options.publication, options.takeStartMs]).then(
    () => {
      isReady = true
    },
    () => undefined,
  )

  async function prepare() {
    const publication = await options.publication
    const text = options.take > 1 ? ((await getText(options.store, keyOf(options))) ?? '') : ''
    await writeFile(options.path, text)
    const baseSec = publication.timelineBeforeSec(options.take)
    return { baseSec, startMs: await options.takeStartMs, logged: idsOf(text) }
  }

  return {
    add(signals) {
      const fresh = signals.filter(({ id }) => id === undefined || (!seen.has(id) && seen.add(id)))
      waiting.push(...fresh)
      isDirty ||= fresh.length > 0
      return fresh
    },
    async flush() {
      if (!isReady || !isDirty) return
      bases ??= prepare().catch((error: unknown) => {
        bases = undefined
        throw error
      })
      const { baseSec, startMs, logged } = await bases
      const lines = waiting
        .splice(0)
        .filter((signal) => signal.id === undefined || !logged.has(signal.id))
        .map((signal) =>
          lineOf(signal, options.take, baseSec + (signal.at - startMs - options.pausedMsBefore(signal.at)) / 1000),
        )
      await appendFile(options.path, lines.join(''))
      await options.store.putFile(keyOf(options), options.path)
      isDirty = waiting.length > 0
    },
  }
}

function keyOf({ recordingId }: SignalLogOptions): string {
  return `${recordingId}/signals.jsonl`
}

function lineOf(signal: Signal, take: number, mediaSec: number): string {
  const line: SignalLine = { mediaSec: Math.round(mediaSec * 1000) / 1000, take, signal }
  return `${JSON.stringify(line)}\n`
}

function idsOf(text: string): ReadonlySet<string> {
  const lines = text.split('\n').filter((line) => line !== '')
  return new Set(lines.flatMap((line) => (JSON.parse(line) as SignalLine).signal.id ?? []))
}
