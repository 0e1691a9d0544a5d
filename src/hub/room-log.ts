import { type Signal, toAppError } from '../protocol/index.ts'
import { after, InTurn } from '../timing/index.ts'
import type { RoomHistory } from './room-history.ts'

interface RoomLogOptions {
  readonly room: string
  readonly history: RoomHistory
  /** Gets every new signal once, in the order of `seq` and without a gap, whichever process stored it. */
  onStored(signals: readonly Signal[]): void
  /** Is called when nothing is being written any more. */
  onIdle(): void
  /** Signals of other processes cannot be read now; it is tried again. */
  onError(error: unknown): void
}

/** One call of `append` that waits to be stored. */
interface PendingAppend {
  readonly signals: readonly Signal[]
  readonly bytes: number
  readonly resolve: (stored: readonly Signal[]) => void
  readonly reject: (error: unknown) => void
}

const RETRY_MS = 500
/** What calls that wait together write at once, unless one has more: many small signals, or a few images. */
const MAX_BATCH_SIGNALS = 1000
const MAX_BATCH_BYTES = 8 * 1024 * 1024
/** Signals of other processes that are in memory at once: most have a few hundred bytes, some a MiB. */
const READ_AT_ONCE = 250

/**
 * This process's end of a room's history. Own signals are announced by `onStored` before the caller of `append` gets its
 * answer. A batch that the history refuses for good is tried call by call, so that one caller's bad signal does not take
 * the others' along.
 */
export class RoomLog implements Disposable {
  readonly #options: RoomLogOptions
  readonly #turns = new InTurn()
  readonly #watch: Disposable
  #pending: PendingAppend[] = []
  /** The newest number that was announced; undefined until somebody listens. */
  #announcedSeq: number | undefined
  /** The newest number that the history reported as stored. */
  #reportedSeq = 0
  #retry: Disposable | undefined

  constructor(options: RoomLogOptions) {
    this.#options = options
    this.#watch = options.history.watch(options.room, (seq) => this.#onReport(seq))
  }

  /** Resolves with the signals as stored. Calls are stored in their order; those that wait together share one write. */
  append(signals: readonly Signal[]): Promise<readonly Signal[]> {
    const bytes = signals.reduce((sum, signal) => sum + JSON.stringify(signal).length, 0)
    return new Promise((resolve, reject) => {
      this.#pending.push({ signals, bytes, resolve, reject })
      // A turn never begins at once: calls of the same moment share the write of the first.
      if (this.#pending.length === 1) void this.#inTurn(() => this.#write())
    })
  }

  /** Runs between two announcements: everything up to `announcedSeq` was announced, everything after it will be. */
  between(task: (announcedSeq: number) => Promise<void>): Promise<void> {
    return this.#inTurn(async () => task(await this.#catchUp()))
  }

  /** True while something is being written or waits. */
  get isBusy(): boolean {
    return this.#turns.isBusy
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]()
    this.#retry?.[Symbol.dispose]()
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.#turns.run(task).finally(() => {
      if (!this.#turns.isBusy) this.#options.onIdle()
    })
  }

  async #write(): Promise<void> {
    const batch = this.#takeBatch()
    const error = await this.#store(batch)
    if (error === undefined) return
    const isOneBad = batch.length > 1 && !toAppError(error).retryable
    for (const call of batch) {
      const failure = isOneBad ? await this.#store([call]) : error
      if (failure !== undefined) call.reject(failure)
    }
  }

  /** The calls that share one write; the others get the next turn. */
  #takeBatch(): readonly PendingAppend[] {
    let [count, signals, bytes] = [0, 0, 0]
    for (const call of this.#pending) {
      signals += call.signals.length
      bytes += call.bytes
      if (count > 0 && (signals > MAX_BATCH_SIGNALS || bytes > MAX_BATCH_BYTES)) break
      count += 1
    }
    const batch = this.#pending.splice(0, count)
    if (this.#pending.length > 0) void this.#inTurn(() => this.#write())
    return batch
  }

  /** Stores the calls in one write and answers them. Resolves with the error that nothing was stored for. */
  async #store(calls: readonly PendingAppend[]): Promise<unknown> {
    const { history, room } = this.#options
    try {
      const stored = await history.append(
        room,
        calls.flatMap(({ signals }) => signals),
      )
      await this.#announceOwn(stored)
      let from = 0
      for (const { signals, resolve } of calls) {
        resolve(stored.slice(from, from + signals.length))
        from += signals.length
      }
      return undefined
    } catch (error) {
      return error
    }
  }

  async #announceOwn(stored: readonly Signal[]): Promise<void> {
    if (this.#announcedSeq === undefined) return
    const announcedSeq = this.#announcedSeq
    const fresh = inOrder(stored.filter((signal) => seqOf(signal) > announcedSeq))
    if (fresh.length === 0) return
    // Another process wrote in between: its signals come first.
    const hasGap = fresh.at(-1)?.seq !== announcedSeq + fresh.length
    if (hasGap) await this.#catchUp(fresh.at(-1)?.seq).catch((error: unknown) => this.#retryLater(error))
    else this.#announce(fresh)
  }

  #announce(signals: readonly Signal[]): void {
    this.#announcedSeq = signals.at(-1)?.seq ?? this.#announcedSeq
    if (signals.length > 0) this.#options.onStored(signals)
  }

  /**
   * Announces what the history has beyond the last announcement, up to this number at least; resolves with the number of the
   * newest that was announced.
   */
  async #catchUp(toSeq = Number.POSITIVE_INFINITY): Promise<number> {
    const { history, room } = this.#options
    this.#announcedSeq ??= await history.lastSeq(room)
    for (let count = 1; count > 0 && this.#announcedSeq < toSeq; ) {
      const page = await history.since(room, this.#announcedSeq, READ_AT_ONCE)
      this.#announce(page)
      count = page.length
    }
    return this.#announcedSeq
  }

  /** A process stored signals up to this number; undefined: reports may have been missed. */
  #onReport(seq: number | undefined): void {
    if (this.#announcedSeq === undefined) return
    const isQueued = this.#reportedSeq > this.#announcedSeq
    this.#reportedSeq = Math.max(this.#reportedSeq, seq ?? Number.POSITIVE_INFINITY)
    if (isQueued || this.#reportedSeq <= this.#announcedSeq) return
    this.#inTurn(() => this.#readReported()).catch((error: unknown) => this.#retryLater(error))
  }

  async #readReported(): Promise<void> {
    const reportedSeq = this.#reportedSeq
    this.#reportedSeq = 0
    if (reportedSeq > (this.#announcedSeq ?? 0)) await this.#catchUp(reportedSeq)
  }

  #retryLater(error: unknown): void {
    this.#options.onError(error)
    this.#retry?.[Symbol.dispose]()
    this.#retry = after(RETRY_MS, () => this.#onReport(undefined), { unref: true })
  }
}

function seqOf({ seq = 0 }: Signal): number {
  return seq
}

/** By their numbers, each once. */
function inOrder(signals: readonly Signal[]): readonly Signal[] {
  return signals.toSorted((a, b) => seqOf(a) - seqOf(b)).filter(({ seq }, index, all) => seq !== all[index - 1]?.seq)
}
