import type { RoomPresence } from '../../src/hub/index.ts'

interface Held {
  readonly room: string
  readonly participant: string
  readonly owner: string
  readonly joinedSeq: number
  released: boolean
  expiresMs: number
}

/** Presence in memory, for one process: what it holds itself never expires before it is released. */
export function createMemoryPresence(): RoomPresence {
  const all = new Map<string, Held>()
  const key = (room: string, participant: string) => `${room} ${participant}`
  return {
    async hold(room, participant, by) {
      const expiresMs = performance.now() + by.leaseMs
      all.set(key(room, participant), { room, participant, ...by, released: false, expiresMs })
    },
    async claim(room, owner, what, leaseMs) {
      const mine = [...all.values()].filter((held) => held.room === room && held.owner === owner && held.released)
      if (what === 'orphaned') return []
      for (const held of mine) Object.assign(held, { released: false, expiresMs: performance.now() + leaseMs })
      return mine.map(({ participant }) => participant)
    },
    async release(room, participant, graceMs) {
      const held = all.get(key(room, participant))
      if (held) Object.assign(held, { released: true, expiresMs: performance.now() + graceMs })
    },
    async forget(room, participant, leftSeq) {
      if ((all.get(key(room, participant))?.joinedSeq ?? leftSeq) < leftSeq) all.delete(key(room, participant))
    },
    async renew(leaseMs) {
      for (const held of all.values()) if (!held.released) held.expiresMs = performance.now() + leaseMs
    },
    async gone() {
      return [...all.values()].filter(({ expiresMs }) => expiresMs < performance.now())
    },
  }
}
