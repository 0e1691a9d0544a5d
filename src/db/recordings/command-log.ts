import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { CommandLog, StoredCommand } from '../../recording/index.ts'
import type { Database } from '../database.ts'
import { commands } from './schema.ts'

export function createCommandLog(database: Database): CommandLog {
  const find = async (id: string): Promise<StoredCommand | undefined> => {
    const [row] = await database.run((queries) => queries.select().from(commands).where(eq(commands.id, id)))
    return row && toCommand(row)
  }

  return {
    find,

    append({ id, recordingId, command, applied }) {
      return database.transaction(async (queries) => {
        // They become visible in the order of their numbers: whoever has read one asks only for what is behind it.
        await queries.execute(sql`select pg_advisory_xact_lock(hashtextextended(${recordingId}, 0))`)
        await queries.insert(commands).values({ id, recordingId, command, applied })
        await queries.execute(sql`select pg_notify('panorec_commands', ${recordingId})`)
      })
    },

    async pending(recordingId, afterSeq) {
      const wanted = and(eq(commands.recordingId, recordingId), gt(commands.seq, afterSeq), isNull(commands.result))
      const rows = await database.run((queries) =>
        queries.select().from(commands).where(wanted).orderBy(asc(commands.seq)),
      )
      return rows.map(toCommand)
    },

    async signals(recordingId) {
      const wanted = and(eq(commands.recordingId, recordingId), sql`${commands.command} ->> 'type' = 'signals'`)
      const rows = await database.run((queries) =>
        queries.select().from(commands).where(wanted).orderBy(asc(commands.seq)),
      )
      return rows.flatMap(({ command }) => (command.type === 'signals' ? command.signals : []))
    },

    answer(id, { error }) {
      return database.transaction(async (queries) => {
        await queries.update(commands).set({ result: { error } }).where(eq(commands.id, id))
        await queries.execute(sql`select pg_notify('panorec_acks', ${id})`)
      })
    },

    watch(recordingId, onCommand) {
      return database.notifications.on('panorec_commands', (heard) => {
        if (heard === undefined || heard === recordingId) onCommand()
      })
    },

    async waitForAnswer(id, timeoutMs) {
      const { promise: rung, resolve: ring } = Promise.withResolvers<void>()
      const timer = setTimeout(ring, timeoutMs)
      using _listening = database.notifications.on('panorec_acks', (heard) => {
        if (heard === undefined || heard === id) ring()
      })
      try {
        const early = await find(id)
        if (early?.answer !== undefined) return early.answer
        await rung
        return (await find(id))?.answer
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

function toCommand(row: typeof commands.$inferSelect): StoredCommand {
  const { id, seq, recordingId, command, applied, result } = row
  return { id, seq, recordingId, command, applied, answer: result ?? undefined }
}
