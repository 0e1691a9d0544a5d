import { rm } from 'node:fs/promises'
import { getText, type KeptSignal, keysOf, mergeSignals, type Publication, placeSignals } from '../../archive/index.ts'
import { objectKey } from '../../archive/keys.ts'
import type { Signal } from '../../protocol/index.ts'
import { type AppendLog, createAppendLog, readKeptLogs } from '../../spool/index.ts'
import type { SegmentStore } from '../../store/index.ts'

export interface SignalLogOptions {
  readonly store: SegmentStore
  readonly recordingId: string
  readonly take: number
  /** The take's own signals, kept on this machine until the store has them all. */
  readonly path: string
  /** The folders of earlier takes that this one cares for: the signals that they kept are stored too. */
  readonly adopted: string
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
  /** Keeps on this machine what came, as soon as there was a first picture. Errors: those of the disk. */
  keep(): Promise<void>
  /**
   * The same, and stores it when it is time: the longer the log, the more seldom. Calls must not overlap; one that failed is
   * made good by the next.
   */
  flush(): Promise<void>
  /** Stores all of it now; this machine keeps nothing of it. */
  finish(): Promise<void>
}

/** The whole log is one object: as it grows it is stored more seldom, so that it costs no more than so much a second. */
const STORED_BYTES_PER_MS = 50
const LONGEST_REST_MS = 10 * 60_000

export function createSignalLog(options: SignalLogOptions): SignalLog {
  const { store, recordingId, take, path } = options
  const key = objectKey(recordingId, 'signals')
  const seen = new Set<string>()
  const waiting: Signal[] = []
  const kept: KeptSignal[] = []
  let own: AppendLog | undefined
  let whole: Whole | undefined
  let isDirty = false
  let storedAtMs = Number.NEGATIVE_INFINITY
  let startMs: number | undefined
  let publication: Publication | undefined
  options.takeStartMs.then(
    (atMs) => {
      startMs = atMs
    },
    () => undefined,
  )
  options.publication.then(
    (loaded) => {
      publication = loaded
    },
    () => undefined,
  )

  async function keep(): Promise<void> {
    if (startMs === undefined || waiting.length === 0) return
    const beganAtMs = startMs
    const lines = waiting.map((signal): KeptSignal => {
      return { takeSec: (signal.at - beganAtMs - options.pausedMsBefore(signal.at)) / 1000, signal }
    })
    own ??= await createAppendLog(path)
    await own.append(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    waiting.splice(0, lines.length)
    kept.push(...lines)
  }

  /** False while it is too early, and when nothing is new. */
  async function write({ isLast }: { readonly isLast: boolean }): Promise<boolean> {
    // Where the take begins in the time line is certain once it is in the playlists.
    if (publication === undefined || !(isLast || publication.last?.take === take)) return false
    if (whole === undefined) {
      whole = await openWhole(options, publication)
      isDirty = whole.isNews
    }
    isDirty ||= kept.length > 0
    const count = kept.length
    await whole.log.append(placeSignals(kept, { take, ...whole }))
    kept.splice(0, count)
    return isDirty
  }

  async function flush(state: { readonly isLast: boolean }): Promise<void> {
    await keep()
    if (!isDirty && kept.length === 0 && !state.isLast) return
    if (!(await write(state)) || whole === undefined) return
    if (!state.isLast && performance.now() - storedAtMs < restMs(whole.log.bytes)) return
    await store.putFile(key, whole.path)
    isDirty = false
    storedAtMs = performance.now()
    for (const log of whole.merged.splice(0)) await rm(log, { force: true })
  }

  return {
    add(signals) {
      const fresh = signals.filter(({ id }) => id === undefined || (!seen.has(id) && seen.add(id)))
      waiting.push(...fresh)
      return fresh
    },
    keep,
    flush: () => flush({ isLast: false }),
    async finish() {
      publication ??= await options.publication
      await flush({ isLast: true })
      await rm(path, { force: true })
    },
  }
}

/** How long a log of this size rests before it is stored again, milliseconds. */
function restMs(bytes: number): number {
  return Math.min(LONGEST_REST_MS, bytes / STORED_BYTES_PER_MS)
}

/** `signals.jsonl` on this machine, as it goes to the store. */
interface Whole {
  readonly path: string
  readonly log: AppendLog
  readonly logged: ReadonlySet<string>
  readonly baseSec: number
  /** The logs of earlier takes in it that the store did not have. */
  readonly merged: string[]
  /** It has more than the store. */
  readonly isNews: boolean
}

async function openWhole(options: SignalLogOptions, publication: Publication): Promise<Whole> {
  const { store, recordingId, take } = options
  const text = take === 1 ? '' : ((await getText(store, objectKey(recordingId, 'signals'))) ?? '')
  const found = await readKeptLogs(options.adopted)
  const whole = mergeSignals(text, found, publication.timelineBeforeSec)
  const path = `${options.path}.whole`
  return {
    path,
    log: await createAppendLog(path, whole),
    logged: keysOf(whole),
    baseSec: publication.timelineBeforeSec(take),
    merged: found.map((log) => log.path),
    isNews: whole !== text,
  }
}
