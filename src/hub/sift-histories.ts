import type { Signal } from '../protocol/index.ts'
import { HistorySieve } from '../room/index.ts'
import type { OldHistory } from './room-history.ts'

const SIGNALS_AT_ONCE = 250

/**
 * Compacts the histories of all rooms: deletes signals from before this time that do not contribute to the state of the room
 * any more, so that a permanent room does not grow for ever. A late joiner sees the same room as before, without chat of
 * that age.
 */
export async function siftHistories(history: OldHistory, before: Date): Promise<void> {
  for (;;) {
    const claimed = await history.claim(before)
    if (claimed.length === 0) return
    for (const { room, oldSeq } of claimed) await siftRoom(history, room, oldSeq)
  }
}

async function siftRoom(history: OldHistory, room: string, oldSeq: number): Promise<void> {
  const sieve = new HistorySieve()
  for await (const signals of pagesOf(history, room)) {
    sieve.readOld(signals.filter(isOld))
    sieve.readRecent(signals.filter((signal) => !isOld(signal)))
  }
  for await (const signals of pagesOf(history, room)) {
    sieve.sift(signals.filter(isOld))
    if (!signals.every(isOld)) break
  }
  await history.remove(room, sieve.obsolete())

  function isOld({ seq = 0 }: Signal): boolean {
    return seq <= oldSeq
  }
}

async function* pagesOf(history: OldHistory, room: string): AsyncGenerator<readonly Signal[]> {
  let afterSeq = 0
  for (;;) {
    const signals = await history.since(room, afterSeq, SIGNALS_AT_ONCE)
    if (signals.length === 0) return
    yield signals
    afterSeq = signals.at(-1)?.seq ?? afterSeq
  }
}
