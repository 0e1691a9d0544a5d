import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { expireData } from '../../src/bin/expire-data.ts'
import { createRecordingRepository, type Database } from '../../src/db/index.ts'
import { toRecording } from '../../src/recording/view.ts'
import { openPrepared } from '../kit/service/prepared-databases.ts'
import { aRecord, ID, NOW } from '../recording/records.ts'

/** Figures every two seconds for a minute, of a recording whose event does not fit into a row: it lies in its TOAST table. */
const WRITES = 30
const ROUNDS = 3
/** Two databases of their own, and some hundred transactions, on a busy machine. */
const TIMEOUT_MS = 120_000
/** What one round needs anew is there again after the vacuum; pages are not always filled to the same degree. */
const MAX_GROWTH = 1.3

test(
  'an embedded database that is tidied does not grow with the figures that come and go',
  async () => {
    const growth = async (expire: (database: Database) => Promise<void>): Promise<number> => {
      await using database = await openPrepared()
      await createRecordingRepository(database).insert({ record: aRecord(), events: [] })
      await writeFigures(database)
      await expire(database)
      const before = await sizeOf(database)
      for (let round = 1; round < ROUNDS; round += 1) {
        await writeFigures(database)
        await expire(database)
      }
      return (await sizeOf(database)) / before
    }
    const [tidied, left] = [
      await growth((database) => expireData(database, NOW, { roomHistoryDays: 30 })),
      await growth(async () => {}),
    ]
    expect(tidied).toBeLessThan(MAX_GROWTH)
    expect(left).toBeGreaterThan(MAX_GROWTH)
  },
  TIMEOUT_MS,
)

async function writeFigures(database: Database): Promise<void> {
  const repository = createRecordingRepository(database)
  for (let n = 0; n < WRITES; n += 1) {
    await repository.update(ID, (before) => {
      const record = { ...before, spec: { ...before.spec, metadata: { blob: randomBytes(15_000).toString('hex') } } }
      const event = { type: 'recording.stats', at: NOW.toISOString(), recordingId: ID } as const
      return { record: before, events: [{ ...event, recording: toRecording(record, null) }] }
    })
  }
}

async function sizeOf(database: Database): Promise<number> {
  const text = sql`select sum(pg_total_relation_size(oid))::int as bytes from pg_class where relname in ('events', 'recordings')`
  const { rows } = (await database.run((queries) => queries.execute(text))) as unknown as { rows: { bytes: number }[] }
  return rows[0]?.bytes ?? 0
}
