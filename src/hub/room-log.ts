import { type Signal, toAppError } from '../protocol/index.ts'
import type { RoomHistory } from './room-history.ts'

interface Waiting {
  readonly signals: readonly Signal[]
  readonly resolve: (stored: readonly Signal[]) => void
  readonly reject: (error: unknown) => void
}

export interface RoomLog extends Disposable {
  /** Resolves with the signals as stored. Calls are stored in their order; those that wait together share one write. */
  append(signals: readonly Signal[]): Promise<readonly Signal[]>
  /** Runs between two announcements: everything up to `toldSeq` was announced, everything after it will be. */
  between(task: (toldSeq: number) => Promise<void>): Promise<void>
  /** True while something is being written or waits. */
  busy(): boolean
}

const RETRY_MS = 500

/**
 * This process's end of a room's history. `onStored` gets every new signal once, in the order of `seq` and without a
 * gap, whichever process stored it; own ones before the caller of `append` is answered. A batch that the history
 * refuses for good is tried call by call, so that one caller's bad signal does not take the others' along.
 */
export function createRoomLog(
  room: string,
  history: RoomHistory,
  {
    onStored,
    onIdle,
    onError,
  }: { onStored(signals: readonly Signal[]): void; onIdle(): void; onError(error: unknown): void },
): RoomLog {
  let turn: Promise<unknown> = Promise.resolve()
  let tasks = 0
  let waiting: Waiting[] = []
  /** The newest number that was announced; undefined until somebody listens. */
  let told: number | undefined
  /** The newest number that is known to be stored. */
  let heardSeq = 0
  let retry: NodeJS.Timeout | undefined

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    tasks += 1
    const done = turn.then(task).finally(() => {
      tasks -= 1
      if (tasks === 0) onIdle()
    })
    turn = done.catch(() => undefined)
    return done
  }

  const tell = (signals: readonly Signal[]): void => {
    told = signals.at(-1)?.seq ?? told
    if (signals.length > 0) onStored(signals)
  }
  const catchUp = async (): Promise<number> => {
    told ??= await history.lastSeq(room)
    tell(await history.since(room, told))
    return told
  }
  const hear = (seq: number | undefined): void => {
    if (told === undefined) return
    const waits = heardSeq > told
    heardSeq = Math.max(heardSeq, seq ?? Number.POSITIVE_INFINITY)
    if (!waits && heardSeq > told) inTurn(hearOut).catch(hearLater)
  }
  const hearOut = async (): Promise<void> => {
    const wanted = heardSeq > (told ?? 0)
    heardSeq = 0
    if (wanted) await catchUp()
  }
  const hearLater = (error: unknown): void => {
    onError(error)
    clearTimeout(retry)
    retry = setTimeout(() => hear(undefined), RETRY_MS).unref()
  }

  const announce = async (stored: readonly Signal[]): Promise<void> => {
    if (told === undefined) return
    const after = told
    const fresh = stored
      .filter((signal) => (signal.seq ?? 0) > after)
      .sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
      .filter((signal, index, all) => signal.seq !== all[index - 1]?.seq)
    if (fresh.length === 0) return
    // Another process wrote in between: its signals come first.
    if (fresh.at(-1)?.seq !== after + fresh.length) await catchUp().catch(hearLater)
    else tell(fresh)
  }

  const write = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    const error = await store(batch)
    if (error === undefined) return
    const alone = batch.length > 1 && !toAppError(error).retryable
    for (const entry of batch) {
      const failed = alone ? await store([entry]) : error
      if (failed !== undefined) entry.reject(failed)
    }
  }

  const store = async (batch: readonly Waiting[]): Promise<unknown> => {
    const signals = batch.flatMap((entry) => entry.signals)
    try {
      const stored = await history.append(room, signals)
      await announce(stored)
      let from = 0
      for (const entry of batch) {
        entry.resolve(stored.slice(from, from + entry.signals.length))
        from += entry.signals.length
      }
      return undefined
    } catch (error) {
      return error
    }
  }

  const watch = history.watch(room, hear)
  return {
    append(signals) {
      return new Promise((resolve, reject) => {
        waiting.push({ signals, resolve, reject })
        if (waiting.length === 1) void inTurn(write)
      })
    },
    between: (task) => inTurn(async () => task(await catchUp())),
    busy: () => tasks > 0,
    [Symbol.dispose]() {
      watch[Symbol.dispose]()
      clearTimeout(retry)
    },
  }
}
