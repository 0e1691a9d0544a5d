import { type Signal, toAppError } from '../protocol/index.ts'
import type { RoomHistory } from './room-history.ts'

interface Waiting {
  readonly signals: readonly Signal[]
  readonly resolve: (stored: readonly Signal[]) => void
  readonly reject: (error: unknown) => void
}

export interface RoomLog {
  /** Resolves with the signals as stored. Calls are stored in their order; those that wait together share one write. */
  append(signals: readonly Signal[]): Promise<readonly Signal[]>
  /** Runs between two writes: what `task` reads is complete, and what it adds to the room misses nothing after. */
  between<T>(task: () => Promise<T>): Promise<T>
  /** True while something is being written or waits. */
  busy(): boolean
}

/**
 * The one writer of a room's history. `onStored` gets every new signal once, in the order of `seq`, before the caller
 * of `append` is answered; one that the history already had is not new. A batch that the history refuses for good is
 * tried call by call, so that one caller's bad signal does not take the others' along.
 */
export function createRoomLog(
  room: string,
  history: RoomHistory,
  { onStored, onIdle }: { onStored(signals: readonly Signal[]): void; onIdle(): void },
): RoomLog {
  let turn: Promise<unknown> = Promise.resolve()
  let tasks = 0
  let lastSeq = 0
  let waiting: Waiting[] = []

  const between = <T>(task: () => Promise<T>): Promise<T> => {
    tasks += 1
    const done = turn.then(task).finally(() => {
      tasks -= 1
      if (tasks === 0) onIdle()
    })
    turn = done.catch(() => undefined)
    return done
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
      announce(stored)
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

  const announce = (stored: readonly Signal[]): void => {
    const fresh = stored
      .filter((signal) => (signal.seq ?? 0) > lastSeq)
      .sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
      .filter((signal, index, all) => signal.seq !== all[index - 1]?.seq)
    lastSeq = fresh.at(-1)?.seq ?? lastSeq
    if (fresh.length > 0) onStored(fresh)
  }

  return {
    append(signals) {
      return new Promise((resolve, reject) => {
        waiting.push({ signals, resolve, reject })
        if (waiting.length === 1) void between(write)
      })
    },
    between,
    busy: () => tasks > 0,
  }
}
