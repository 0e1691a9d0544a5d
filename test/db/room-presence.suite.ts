import { setTimeout as sleep } from 'node:timers/promises'
import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import { createRoomPresence, type Database } from '../../src/db/index.ts'
import { roomPresence } from '../../src/db/rooms/schema.ts'
import { testRoomPresence } from '../hub/room-presence.suite.ts'
import { describeDatabases } from './databases.ts'

const LEASE_MS = 200
/** Longer than a look whether anybody is there takes. */
const WRITE_MS = 200

describeDatabases('who is present', (database) => testRoomPresence((node) => createRoomPresence(database(), node)))

describeDatabases('who comes into the only room', (database) => {
  test('is known although nobody was found while the lease was written', async () => {
    await database().run((queries) => queries.delete(roomPresence))
    const presence = createRoomPresence(slowOnce(database()), ulid())
    const room = ulid()
    const held = presence.hold(room, 'amy', { owner: 'amy', joinedSeq: 1, leaseMs: LEASE_MS })
    expect(await presence.gone()).toEqual([])
    await held
    await sleep(LEASE_MS * 1.5)
    expect(await presence.gone()).toEqual([{ room, participant: 'amy', joinedSeq: 1 }])
  })
})

/** The same database, which takes its time with the first statement. */
function slowOnce(database: Database): Database {
  let isFirst = true
  return {
    ...database,
    async run(work) {
      const waits = isFirst
      isFirst = false
      if (waits) await sleep(WRITE_MS)
      return await database.run(work)
    },
  }
}
