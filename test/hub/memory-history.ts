import { setImmediate } from 'node:timers/promises'
import type { RoomHistory } from '../../src/hub/index.ts'
import { type Signal, signalKeyOf } from '../../src/protocol/index.ts'

/**
 * A room history in memory. `fail` makes every call throw until it is taken away; `read` counts what was read, of it `most` at
 * once; `mostWritten` were written at once.
 */
export function createMemoryHistory(): RoomHistory & {
  fail: Error | undefined
  writes: number
  read: number
  most: number
  mostWritten: number
} {
  const rooms = new Map<string, Signal[]>()
  const known = new Map<string, Signal>()
  const watchers = new Set<{ readonly room: string; readonly onStored: (seq: number) => void }>()
  return {
    fail: undefined,
    writes: 0,
    read: 0,
    most: 0,
    mostWritten: 0,
    async append(room, signals) {
      await setImmediate()
      if (this.fail) throw this.fail
      this.writes += 1
      this.mostWritten = Math.max(this.mostWritten, signals.length)
      const log = rooms.get(room) ?? []
      rooms.set(room, log)
      const before = log.length
      const stored = signals.map((signal) => {
        const key = `${room} ${signalKeyOf(signal)}`
        const same = known.get(key) ?? store(log, signal)
        known.set(key, same)
        return same
      })
      if (log.length > before) {
        for (const watcher of watchers) if (watcher.room === room) watcher.onStored(log.length)
      }
      return stored
    },
    async since(room, afterSeq, limit) {
      await setImmediate()
      if (this.fail) throw this.fail
      const all = (rooms.get(room) ?? []).filter((signal) => (signal.seq ?? 0) > afterSeq)
      const some = limit === undefined ? all : cutByBytes(all.slice(0, limit))
      this.read += some.length
      this.most = Math.max(this.most, some.length)
      return some
    },
    async lastSeq(room) {
      await setImmediate()
      if (this.fail) throw this.fail
      return rooms.get(room)?.length ?? 0
    },
    watch(room, onStored) {
      const watcher = { room, onStored }
      watchers.add(watcher)
      return { [Symbol.dispose]: () => void watchers.delete(watcher) }
    },
  }
}

const PAGE_BYTES = 8 * 1024 * 1024

function cutByBytes(signals: readonly Signal[]): readonly Signal[] {
  let bytes = 0
  return signals.filter((signal) => {
    const fits = bytes < PAGE_BYTES
    bytes += JSON.stringify(signal).length
    return fits
  })
}

function store(log: Signal[], signal: Signal): Signal {
  const stored = { ...signal, seq: log.length + 1 }
  log.push(stored)
  return stored
}
