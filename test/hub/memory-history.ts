import { setImmediate } from 'node:timers/promises'
import type { RoomHistory } from '../../src/hub/index.ts'
import type { Signal } from '../../src/protocol/index.ts'

/** A room history in memory. `fail` makes every call throw until it is taken away; `most` were read at once. */
export function createMemoryHistory(): RoomHistory & { fail: Error | undefined; writes: number; most: number } {
  const rooms = new Map<string, Signal[]>()
  return {
    fail: undefined,
    writes: 0,
    most: 0,
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
    async since(room, afterSeq, limit) {
      await setImmediate()
      if (this.fail) throw this.fail
      const some = (rooms.get(room) ?? []).filter((signal) => (signal.seq ?? 0) > afterSeq).slice(0, limit)
      this.most = Math.max(this.most, some.length)
      return some
    },
    async lastSeq(room) {
      await setImmediate()
      if (this.fail) throw this.fail
      return rooms.get(room)?.length ?? 0
    },
    watch: () => ({ [Symbol.dispose]() {} }),
  }
}
