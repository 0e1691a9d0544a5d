import { setTimeout as sleep } from 'node:timers/promises'
import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import type { RoomPresence } from '../../src/hub/index.ts'

/** Long enough that nothing expires while a test runs on a busy machine; short enough to wait for its end. */
const LEASE_MS = 400
const LONG_MS = 60_000

/** The conformance suite of presence: what hubs rely on that share it, over every driver and over the fake. */
export function testRoomPresence(at: (node: string) => RoomPresence): void {
  const gone = async (room: string) => (await at('x').gone()).filter((one) => one.room === room)
  const amy = { owner: 'amy', joinedSeq: 3, leaseMs: LEASE_MS }

  test('a participant is gone when its process has not renewed its lease, until it is forgotten', async () => {
    const room = ulid()
    const node = ulid()
    await at(node).hold(room, 'amy', amy)
    await at(node).renew(LEASE_MS)
    expect(await gone(room)).toEqual([])
    await sleep(LEASE_MS * 1.5)
    expect(await gone(room)).toEqual([{ room, participant: 'amy', joinedSeq: 3 }])
    await at('x').forget(room, 'amy', 3)
    expect(await gone(room)).toHaveLength(1)
    await at('x').forget(room, 'amy', 4)
    expect(await gone(room)).toEqual([])
  })

  test('one that is held by two processes is gone when both have lost it', async () => {
    const room = ulid()
    await at('a').hold(room, 'amy', { ...amy, leaseMs: LONG_MS })
    await at('b').hold(room, 'amy', { ...amy, leaseMs: LONG_MS })
    await at('a').release(room, 'amy', 0)
    await sleep(20)
    expect(await gone(room)).toEqual([])
    await at('b').release(room, 'amy', 0)
    await sleep(20)
    expect((await gone(room)).map(({ participant }) => participant)).toEqual(['amy'])
  })

  test('its owner takes back what was released, at any process, and nobody else does', async () => {
    const room = ulid()
    await at('a').hold(room, 'amy', { ...amy, leaseMs: LONG_MS })
    expect(await at('b').claim(room, 'amy', 'released', LONG_MS)).toEqual([])
    await at('a').release(room, 'amy', LEASE_MS)
    expect(await at('b').claim(room, 'bob', 'released', LONG_MS)).toEqual([])
    expect(await at('b').claim(room, 'amy', 'released', LONG_MS)).toEqual(['amy'])
    await at('b').release(room, 'amy', LEASE_MS)
    expect(await at('b').claim(room, 'amy', 'released', LONG_MS)).toEqual(['amy'])
    await sleep(LEASE_MS * 1.5)
    expect(await gone(room)).toEqual([])
  })

  test('what a process does not renew any more is taken over by another where its owner is', async () => {
    const room = ulid()
    await at('a').hold(room, 'amy', { ...amy, leaseMs: LONG_MS })
    expect(await at('b').claim(room, 'amy', 'orphaned', LONG_MS)).toEqual([])
    await at('a').hold(room, 'amy', { ...amy, leaseMs: LONG_MS / 4 })
    expect(await at('a').claim(room, 'amy', 'orphaned', LONG_MS)).toEqual([])
    expect(await at('b').claim(room, 'amy', 'orphaned', LONG_MS)).toEqual(['amy'])
  })
}
