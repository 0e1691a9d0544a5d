import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import { createCommandLog, createRecordingRepository, openDatabase } from '../../src/db/index.ts'
import { FaultyProxy } from '../kit/servers/faulty-proxy.ts'
import { startPostgres } from '../kit/servers/postgres.ts'
import { createDatabase, cutConnections, makeDataDir } from '../kit/service/prepared-databases.ts'

/** Lost notifications are made up for within a reconnect (1 s), on a busy machine. */
const RECONNECTED_MS = 15_000
const AWAY_MS = 600
/** How long a connection of these tests waits for an answer. */
const ANSWER_MS = 300

test('an embedded database keeps what it had, bears one process only, and takes over the lock of a dead one', async () => {
  const folder = await makeDataDir()
  try {
    const dir = join(folder, 'db')
    await writeFile(`${dir}.lock`, JSON.stringify({ pid: process.pid, started: '1' }))
    {
      await using database = await openDatabase({ kind: 'embedded', dir }, () => {})
      await createCommandLog(database).append({
        id: 'c1',
        recordingId: 'rec_a',
        command: { type: 'cut' },
        applied: false,
      })
      const second = openDatabase({ kind: 'embedded', dir }, () => {})
      await expect(second).rejects.toMatchObject({ code: 'database.unavailable', field: 'PANOREC_DATA_DIR' })
    }
    await using again = await openDatabase({ kind: 'embedded', dir }, () => {})
    expect(await createCommandLog(again).find('c1')).toMatchObject({ command: { type: 'cut' } })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test.concurrent('a Postgres that goes away and returns is used again, and its listeners look for what they missed', async ({
  expect,
}) => {
  await using server = await startPostgres()
  const losses: unknown[] = []
  await using database = await openDatabase({ kind: 'postgres', url: await server.createDatabase() }, (error) =>
    losses.push(error),
  )
  const commands = createCommandLog(database)
  const rung = Promise.withResolvers<void>()
  using _watch = commands.watch('rec_a', rung.resolve)

  const back = server.restart(AWAY_MS)
  await sleep(AWAY_MS / 2)
  await expect(database.check()).rejects.toMatchObject({ code: 'database.unavailable', retryable: true })
  await back
  await expect
    .poll(
      () =>
        database.check().then(
          () => true,
          () => false,
        ),
      { timeout: RECONNECTED_MS },
    )
    .toBe(true)
  await Promise.race([
    rung.promise,
    sleep(RECONNECTED_MS).then(() => Promise.reject(new Error('The listener was not told'))),
  ])
  expect(losses.length).toBeGreaterThan(0)

  const answered = Promise.withResolvers<void>()
  using _again = commands.watch('rec_b', answered.resolve)
  await commands.append({ id: ulid(), recordingId: 'rec_b', command: { type: 'stop' }, applied: false })
  await answered.promise
})

test.concurrent('a connection that is cut in the middle of a transaction is an error of that transaction, and of nothing else', async ({
  expect,
}) => {
  const url = await createDatabase()
  const losses: unknown[] = []
  await using database = await openDatabase({ kind: 'postgres', url }, (error) => losses.push(error))
  const work = database.transaction(async (queries) => {
    await queries.execute(sql`select 1`)
    await cutConnections(url)
    await expect.poll(() => losses.length).toBeGreaterThan(0)
    await queries.execute(sql`select 1`)
  })
  await expect(work).rejects.toMatchObject({ code: 'database.unavailable', retryable: true })
  await database.check()
})

test.concurrent('a network that swallows everything is noticed by whoever waits for an answer, and the next one has a connection', async () => {
  const url = await createDatabase()
  const { hostname: host, port } = new URL(url)
  await using proxy = await FaultyProxy.start({ host, port: Number(port) })
  const settings = { kind: 'postgres', url: proxy.over(url), answerMs: ANSWER_MS } as const
  await using database = await openDatabase(settings, () => {})
  const hang = async (work: () => Promise<unknown>) => {
    proxy.setFault({ kind: 'hang' })
    const startedAt = performance.now()
    await expect(work()).rejects.toMatchObject({ code: 'database.unavailable', retryable: true })
    expect(performance.now() - startedAt).toBeLessThan(ANSWER_MS * 3)
    proxy.setFault(null)
    await database.check()
  }
  await database.check()
  await hang(() => database.check())
  // More often than there are connections: none may stay behind.
  for (let n = 0; n < 12; n += 1) await hang(() => database.transaction((queries) => queries.execute(sql`select 1`)))
})

test.concurrent('a lock of a client that is cut off is free again soon', async () => {
  const url = await createDatabase()
  await using database = await openDatabase({ kind: 'postgres', url, answerMs: ANSWER_MS }, () => {})
  const lock = sql`select pg_advisory_xact_lock(1)`
  const silent = database.transaction(async (queries) => {
    await queries.execute(lock)
    await sleep(ANSWER_MS * 2)
    await queries.execute(sql`select 1`)
  })
  const [ended, next] = await Promise.allSettled([
    silent,
    sleep(ANSWER_MS / 2).then(() => database.transaction((queries) => queries.execute(lock))),
  ])
  expect(ended).toMatchObject({ status: 'rejected', reason: { code: 'database.unavailable' } })
  expect(next).toMatchObject({ status: 'fulfilled' })
})

test.concurrent('a server that is not there is said to be unavailable', async () => {
  const opening = openDatabase({ kind: 'postgres', url: 'postgres://nobody@127.0.0.1:9/none' }, () => {})
  await expect(opening).rejects.toMatchObject({ code: 'database.unavailable' })
})

test.concurrent('services that start together migrate once', async () => {
  const url = await createDatabase({ empty: true })
  const all = await Promise.all([1, 2, 3].map(() => openDatabase({ kind: 'postgres', url }, () => {})))
  expect(await createRecordingRepository(all[2] as (typeof all)[0]).countByState()).toEqual({})
  for (const database of all) await database[Symbol.asyncDispose]()
})
