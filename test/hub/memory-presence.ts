import type { RoomPresence } from '../../src/hub/index.ts'

/** A participant as one process holds it. */
interface Held {
  readonly room: string
  readonly participant: string
  readonly node: string
  readonly owner: string
  readonly joinedSeq: number
  readonly released: boolean
  readonly expiresMs: number
}

/** Presence in memory. The function gives each process, by its name, its end of what all of them share. */
export function createMemoryPresence(): (node: string) => RoomPresence {
  const all = new Map<string, Held>()
  const put = (held: Held) => void all.set(JSON.stringify([held.room, held.participant, held.node]), held)
  const find = (isWanted: (held: Held) => boolean) => [...all].filter(([, held]) => isWanted(held))
  const inMs = (ms: number) => performance.now() + ms
  return (node) => ({
    async hold(room, participant, { owner, joinedSeq, leaseMs }) {
      put({ room, participant, node, owner, joinedSeq, released: false, expiresMs: inMs(leaseMs) })
    },
    async claim(room, owner, what, leaseMs) {
      const isClaimable = ({ released, node: other, expiresMs }: Held) =>
        what === 'released' ? released : !released && other !== node && expiresMs < inMs(leaseMs / 2)
      const taken = find((held) => held.room === room && held.owner === owner && isClaimable(held))
      for (const [key, held] of taken) {
        all.delete(key)
        put({ ...held, node, released: false, expiresMs: inMs(leaseMs) })
      }
      return [...new Set(taken.map(([, { participant }]) => participant))]
    },
    async release(room, participant, graceMs) {
      const mine = find((held) => held.room === room && held.participant === participant && held.node === node)
      for (const [, held] of mine) put({ ...held, released: true, expiresMs: inMs(graceMs) })
    },
    async forget(room, participant, leftSeq) {
      const left = find((held) => held.room === room && held.participant === participant && held.joinedSeq < leftSeq)
      for (const [key] of left) all.delete(key)
    },
    async renew(leaseMs) {
      for (const [, held] of find((each) => each.node === node && !each.released))
        put({ ...held, expiresMs: inMs(leaseMs) })
    },
    async gone() {
      const isHeld = ({ room, participant }: Held) =>
        find((other) => other.room === room && other.participant === participant && other.expiresMs >= inMs(0)).length >
        0
      const gone = find((held) => held.expiresMs < inMs(0) && !isHeld(held))
      const named = gone.map(([, { room, participant, joinedSeq }]) => ({ room, participant, joinedSeq }))
      return [...new Map(named.map((one) => [JSON.stringify(one), one])).values()]
    },
  })
}
