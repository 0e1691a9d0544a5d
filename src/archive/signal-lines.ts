import { type Signal, signalKeyOf } from '../protocol/index.ts'

/** A line of `signals.jsonl`. `mediaSec` is the place in the recording's playback; negative before its beginning. */
export interface SignalLine {
  readonly mediaSec: number
  readonly take: number
  readonly signal: Signal
}

/** A line of the log that a take keeps on its machine. `takeSec` counts from the take's first picture. */
export interface KeptSignal {
  readonly takeSec: number
  readonly signal: Signal
}

/** The log that a take kept on its machine. */
export interface KeptLog {
  readonly take: number
  readonly text: string
}

/** Identifies a signal over all takes: by its sender and id, or by its whole content where it has none. */
function signalKey(signal: Signal): string {
  return signalKeyOf(signal) ?? JSON.stringify(signal)
}

/** Builds the lines of signals that a log does not have yet, placed in the time line of the recording. */
export function placeSignals(
  kept: readonly KeptSignal[],
  { take, baseSec, logged }: { readonly take: number; readonly baseSec: number; readonly logged: ReadonlySet<string> },
): string {
  return kept
    .filter(({ signal }) => !logged.has(signalKey(signal)))
    .map(({ takeSec, signal }): SignalLine => ({ mediaSec: milliseconds(baseSec + takeSec), take, signal }))
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')
}

/** Merges the logs that takes kept into the recording's; returns the same text when it has all of them. Idempotent. */
export function mergeSignals(text: string, logs: readonly KeptLog[], baseSecOf: (take: number) => number): string {
  let merged = text === '' || text.endsWith('\n') ? text : `${text}\n`
  for (const log of logs) {
    const [kept, logged] = [parseLines<KeptSignal>(log.text), keysOf(merged)]
    merged += placeSignals(kept, { take: log.take, baseSec: baseSecOf(log.take), logged })
  }
  return merged
}

/** The keys of the signals in a recording's log. */
export function keysOf(text: string): ReadonlySet<string> {
  return new Set(parseLines<SignalLine>(text).map(({ signal }) => signalKey(signal)))
}

/** Parses what is whole: a line that a full disk or a dying process cut off is left out. */
function parseLines<T extends { readonly signal: Signal }>(text: string): readonly T[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = JSON.parse(line) as Partial<T> | null
      return typeof parsed?.signal === 'object' && parsed.signal !== null ? [parsed as T] : []
    } catch {
      return []
    }
  })
}

const milliseconds = (sec: number): number => Math.round(sec * 1000) / 1000
