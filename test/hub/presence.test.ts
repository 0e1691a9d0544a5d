import { expect, test } from 'vitest'
import { Presence } from '../../src/hub/presence.ts'
import { createMemoryPresence } from './memory-presence.ts'

const ROOM = 'class-1'
const LEASE_MS = 60_000
const admission = { room: ROOM, identity: 'amy', role: 'participant' as const, afterSeq: 0, tokened: true }

/** A room's presence at two processes, and what both share. */
function atTwo({ graceMs = 60_000 } = {}) {
  const at = createMemoryPresence()
  const open = (node: string) =>
    new Presence({
      room: ROOM,
      shared: at(node),
      graceMs,
      leaseMs: LEASE_MS,
      onError: (error) => expect.unreachable(String(error)),
      onIdle: () => {},
    })
  return { at, one: open('one'), other: open('other') }
}

test('who comes to another process before the first has let go is taken over with the next renewal', async () => {
  const { at, one, other } = atTwo({ graceMs: 1000 })
  const [before, after] = [{ admission }, { admission }]
  one.connect(before)
  one.onSignal({ v: 1, type: 'participant.joined', at: 1, seq: 1, from: 'amy' }, before)
  await one.written()
  other.connect(after)
  await other.written()
  one.disconnect(before)
  await one.written()
  other.claimOrphans()
  await other.written()
  await new Promise((resolve) => setTimeout(resolve, 1100))
  expect(await at('x').gone()).toEqual([])
})

test('who has been at another process for long does not take over what a connection elsewhere lets go', async () => {
  const { at, one, other } = atTwo({ graceMs: 50 })
  const [before, beside] = [{ admission }, { admission }]
  other.connect(beside)
  one.connect(before)
  one.onSignal({ v: 1, type: 'participant.joined', at: 1, seq: 1, from: 'amy' }, before)
  await new Promise((resolve) => setTimeout(resolve, 100))
  one.disconnect(before)
  await one.written()
  other.claimOrphans()
  await other.written()
  await expect.poll(() => at('x').gone()).toEqual([{ room: ROOM, participant: 'amy', joinedSeq: 1 }])
})
