import { setImmediate } from 'node:timers/promises'
import type { RoomHistory } from '../../src/hub/index.ts'
import type { Signal } from '../../src/protocol/index.ts'

/** A room history in memory. `fail` makes every call throw until it is taken away. */
export function createMemoryHistory(): RoomHistory & { fail: Error | undefined; writes: number } {
  const rooms = new Map<string, Signal[]>()
  return {
    fail: undefined,
    writes: 0,
    async append(room, signals) {
      await setImmediate()
      if (this.fail) throw this.fail
      this.writes += 1
      const log = rooms.get(room) ?? []
      rooms.set(room, log)
      return signals.map((signal) => {
        const known = log.find((stored) => stored.id === signal.id)
        if (known) return known
        const stored = { ...signal, seq: log.length + 1 }
        log.push(stored)
        return stored
      })
    },
    async since(room, afterSeq) {
      await setImmediate()
      if (this.fail) throw this.fail
      return (rooms.get(room) ?? []).filter((signal) => (signal.seq ?? 0) > afterSeq)
    },
    async lastSeq(room) {
      await setImmediate()
      if (this.fail) throw this.fail
      return rooms.get(room)?.length ?? 0
    },
    watch: () => ({ [Symbol.dispose]() {} }),
  }
}
