import { rm } from 'node:fs/promises'
import { getText, type KeptSignal, keysOf, mergeSignals, type Publication, placeSignals } from '../../archive/index.ts'
import { objectKey } from '../../archive/keys.ts'
import { type Signal, signalKeyOf } from '../../protocol/index.ts'
import { type AppendLog, createAppendLog, readKeptLogs } from '../../spool/index.ts'
import type { SegmentStore } from '../../store/index.ts'

interface SignalLogOptions {
  readonly store: SegmentStore
  readonly recordingId: string
  readonly take: number
  /** The file of the take's own signals on this machine, until the store has them all. */
  readonly path: string
  /** The folder of the takes that this one has adopted: the signals that they kept are stored too. */
  readonly adopted: string
  readonly publication: Promise<Publication>
  /** Wall time of the take's first picture, epoch milliseconds. */
  readonly takeStartMs: Promise<number>
  /** How long the take stood still before this wall time, milliseconds. */
  readonly pausedMsBefore: (atMs: number) => number
}

/** The most that the log may cost the store: it is one object, stored whole, and so more seldom as it grows. */
const STORED_BYTES_PER_MS = 50
const LONGEST_REST_MS = 10 * 60_000

/** Keeps every signal of the take once, after those of earlier takes. */
export class SignalLog {
  readonly #options: SignalLogOptions
  readonly #keys = new Set<string>()
  /** Signals that are in memory only. */
  readonly #waiting: Signal[] = []
  /** Signals that are on the disk and not in the whole log yet. */
  readonly #kept: KeptSignal[] = []
  #own: AppendLog | undefined
  #whole: WholeLog | undefined
  /** The whole log has what the store has not. */
  #isDirty = false
  #storedAtMs = Number.NEGATIVE_INFINITY
  #startMs: number | undefined
  #publication: Publication | undefined

  constructor(options: SignalLogOptions) {
    this.#options = options
    options.takeStartMs.then(
      (atMs) => {
        this.#startMs = atMs
      },
      () => undefined,
    )
    options.publication.then(
      (publication) => {
        this.#publication = publication
      },
      () => undefined,
    )
  }

  /** Returns those that are new to this take. */
  add(signals: readonly Signal[]): readonly Signal[] {
    const fresh = signals.filter((signal) => {
      const key = signalKeyOf(signal)
      return key === undefined || (!this.#keys.has(key) && this.#keys.add(key))
    })
    this.#waiting.push(...fresh)
    return fresh
  }

  /** Writes new signals to this machine's disk, as soon as there was a first picture. Errors: those of the disk. */
  async keep(): Promise<void> {
    if (this.#startMs === undefined || this.#waiting.length === 0) return
    const startMs = this.#startMs
    const lines = this.#waiting.map((signal): KeptSignal => {
      return { takeSec: (signal.at - startMs - this.#options.pausedMsBefore(signal.at)) / 1000, signal }
    })
    this.#own ??= await createAppendLog(this.#options.path)
    await this.#own.append(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    this.#waiting.splice(0, lines.length)
    this.#kept.push(...lines)
  }

  /**
   * Writes new signals to the disk, and stores the log when it is time: the longer it is, the more seldom. Calls must not overlap;
   * the next one makes up for one that failed.
   */
  async flush(): Promise<void> {
    await this.keep()
    if (!this.#isDirty && this.#kept.length === 0) return
    if (this.#publication?.last?.take !== this.#options.take) return
    const whole = await this.#write(this.#publication)
    if (this.#isDirty && performance.now() - this.#storedAtMs >= restMs(whole.log.bytes)) await this.#store(whole)
  }

  /** Stores the whole log now; this machine keeps nothing of it. */
  async finish(): Promise<void> {
    this.#publication ??= await this.#options.publication
    await this.keep()
    const whole = await this.#write(this.#publication)
    if (this.#isDirty) await this.#store(whole)
    await rm(this.#options.path, { force: true })
  }

  /** Appends new signals to the whole log, which needs the take's place in the time line: certain once it is in the playlists. */
  async #write(publication: Publication): Promise<WholeLog> {
    if (this.#whole === undefined) {
      this.#whole = await openWholeLog(this.#options, publication)
      this.#isDirty = this.#whole.isNews
    }
    this.#isDirty ||= this.#kept.length > 0
    const count = this.#kept.length
    await this.#whole.log.append(placeSignals(this.#kept, { take: this.#options.take, ...this.#whole }))
    this.#kept.splice(0, count)
    return this.#whole
  }

  async #store(whole: WholeLog): Promise<void> {
    const { store, recordingId } = this.#options
    await store.putFile(objectKey(recordingId, 'signals'), whole.path)
    this.#isDirty = false
    this.#storedAtMs = performance.now()
    for (const log of whole.merged.splice(0)) await rm(log, { force: true })
  }
}

/** How long a log of this size rests before it is stored again, milliseconds. */
function restMs(bytes: number): number {
  return Math.min(LONGEST_REST_MS, bytes / STORED_BYTES_PER_MS)
}

/** `signals.jsonl` on this machine, as it goes to the store. */
interface WholeLog {
  readonly path: string
  readonly log: AppendLog
  readonly logged: ReadonlySet<string>
  readonly baseSec: number
  /** The files of earlier takes' signals that the whole log has taken in. */
  readonly merged: string[]
  /** The log has more than the store. */
  readonly isNews: boolean
}

async function openWholeLog(options: SignalLogOptions, publication: Publication): Promise<WholeLog> {
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
