import type { SQL } from 'drizzle-orm'
import type { CommandLog } from '../../recording/index.ts'
import { WakeUp } from '../../timing/index.ts'
import type { Database } from '../database.ts'
import { and, asc, eq, gt, isNull, sql } from '../drizzle.ts'
import { commands } from './schema.ts'

type Row = typeof commands.$inferSelect

/** Errors: those of the database. */
export function createCommandLog(database: Database): CommandLog {
  return { ...commandsToRecorders(database), ...commandAnswers(database) }
}

type ToRecorders = Pick<CommandLog, 'append' | 'pending' | 'signals' | 'watch'>

function commandsToRecorders(database: Database): ToRecorders {
  const select = (wanted: SQL | undefined): Promise<readonly Row[]> =>
    database.run((queries) => queries.select().from(commands).where(wanted).orderBy(asc(commands.seq)))
  return {
    append(command) {
      return database.transaction(async (queries) => {
        // They become visible in the order of their numbers: who has read one asks only for what is behind it.
        await queries.execute(sql`select pg_advisory_xact_lock(hashtextextended(${command.recordingId}, 0))`)
        await queries.insert(commands).values(command).onConflictDoNothing({ target: commands.id })
        await queries.execute(sql`select pg_notify('panorec_commands', ${command.recordingId})`)
      })
    },

    async pending(recordingId, afterSeq) {
      const rows = await select(
        and(eq(commands.recordingId, recordingId), gt(commands.seq, afterSeq), isNull(commands.result)),
      )
      return rows.map(toCommand)
    },

    async signals(recordingId) {
      const isSignals = sql`${commands.command} ->> 'type' = 'signals'`
      const rows = await select(and(eq(commands.recordingId, recordingId), isSignals))
      return rows.flatMap(({ command }) => (command.type === 'signals' ? command.signals : []))
    },

    watch(recordingId, onCommand) {
      return database.notifications.on('panorec_commands', (payload) => {
        if (payload === undefined || payload === recordingId) onCommand()
      })
    },
  }
}

function commandAnswers(database: Database): Pick<CommandLog, 'find' | 'answer' | 'waitForAnswer'> {
  const find: CommandLog['find'] = async (id) => {
    const [row] = await database.run((queries) => queries.select().from(commands).where(eq(commands.id, id)))
    return row && toCommand(row)
  }
  return {
    find,

    answer(id, { error }) {
      return database.transaction(async (queries) => {
        await queries.update(commands).set({ result: { error } }).where(eq(commands.id, id))
        await queries.execute(sql`select pg_notify('panorec_acks', ${id})`)
      })
    },

    async waitForAnswer(id, timeoutMs) {
      const answered = new WakeUp()
      using _subscription = database.notifications.on('panorec_acks', (payload) => {
        if (payload === undefined || payload === id) answered.ring()
      })
      const early = await find(id)
      if (early?.answer !== undefined) return early.answer
      await answered.wait({ ms: timeoutMs })
      return (await find(id))?.answer
    },
  }
}

function toCommand({ id, seq, recordingId, command, applied, result }: Row) {
  return { id, seq, recordingId, command, applied, answer: result ?? undefined }
}
