import type { Signal } from '../protocol/index.ts'

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

/** What a take kept. */
export interface KeptLog {
  readonly take: number
  readonly text: string
}

/** The same for the same signal, also in another take: its id, or all that it says where it has none. */
export function signalKey(signal: Signal): string {
  return signal.id ?? JSON.stringify(signal)
}

/** The lines of signals that a log does not have yet, in the time line of the recording. */
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

/** `signals.jsonl` with what takes kept and it does not have; the text itself when that is nothing. */
export function mergeSignals(text: string, logs: readonly KeptLog[], baseSecOf: (take: number) => number): string {
  let merged = text === '' || text.endsWith('\n') ? text : `${text}\n`
  for (const log of logs) {
    const [kept, logged] = [parseLines<KeptSignal>(log.text), keysOf(merged)]
    merged += placeSignals(kept, { take: log.take, baseSec: baseSecOf(log.take), logged })
  }
  return merged
}

/** The keys of the signals that `signals.jsonl` has. */
export function keysOf(text: string): ReadonlySet<string> {
  return new Set(parseLines<SignalLine>(text).map(({ signal }) => signalKey(signal)))
}

/** A line that was cut off by a full disk or a dying process is passed over: it must not take the others along. */
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
