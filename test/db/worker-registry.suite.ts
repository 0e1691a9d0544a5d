import { setTimeout as sleep } from 'node:timers/promises'
import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import { eq } from '../../src/db/drizzle.ts'
import { createWorkerRegistry } from '../../src/db/index.ts'
import { workers } from '../../src/db/recordings/schema.ts'
import { describeDatabases } from './databases.ts'

const APART_MS = 30

describeDatabases('the registry of workers', (database) => {
  const seen = async (worker: string) => {
    const [row] = await database().run((queries) => queries.select().from(workers).where(eq(workers.worker, worker)))
    return row
  }

  test('has each heartbeat on a server, and what is new of the only worker of an embedded database', async () => {
    const worker = ulid()
    const registry = createWorkerRegistry(database(), worker)
    await registry.heartbeat(null)
    const first = await seen(worker)
    await sleep(APART_MS)
    await registry.heartbeat(null)
    const isEach = database().engine.kind === 'postgres'
    expect((await seen(worker))?.seenAt.getTime() !== first?.seenAt.getTime()).toBe(isEach)
    await registry.heartbeat('cpu')
    expect(await seen(worker)).toMatchObject({ refusal: 'cpu' })
    await registry.deregister()
    expect(await seen(worker)).toBeUndefined()
  })

  test('forgets the worker that had an embedded database before, and none on a server', async () => {
    const before = ulid()
    await createWorkerRegistry(database(), before).heartbeat(null)
    const registry = createWorkerRegistry(database(), ulid())
    await registry.heartbeat(null)
    expect((await seen(before)) !== undefined).toBe(database().engine.kind === 'postgres')
    await registry.deregister()
    await database().run((queries) => queries.delete(workers).where(eq(workers.worker, before)))
  })
})
