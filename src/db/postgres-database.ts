import pg from 'pg'
import { answeringSocket } from './answering-socket.ts'
import { assemble, type Database, type DatabaseParts, MIGRATIONS, type Queries, refuse } from './database.ts'
import { loadServer } from './drizzle.ts'
import { listenPostgres } from './notifications.ts'

/** A server's URL, and how long an answer may take before the connection is given up; half a minute when it is left out. */
export interface ServerSettings {
  readonly url: string
  readonly answerMs?: number
}

/** Of the services that start together, one migrates and the others wait. The number is ours alone. */
const MIGRATION_LOCK = 7_205_759_403
const CONNECT_TIMEOUT_MS = 5000
/** Longer than any statement of ours, and than connections stay idle. */
const ANSWER_MS = 30_000
const MAX_CONNECTIONS = 10

const { drizzle, migrate } = loadServer()

/** `onError` gets each loss of an idle connection. */
export async function openPostgres(
  { url, answerMs = ANSWER_MS }: ServerSettings,
  onError: (error: unknown) => void,
): Promise<Database> {
  await using undo = new AsyncDisposableStack()
  const connection = { connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, keepAlive: true }
  await migrateLocked({ ...connection, application_name: 'panorec migration' }).catch(refuse)
  const openSocket = () => answeringSocket(answerMs)
  let closing = false
  // pg lets go of its clients before the server has: what the server says to them then is of no interest.
  const onLost = (error: unknown) => {
    if (!closing) onError(error)
  }
  const pool = new pg.Pool({
    ...connection,
    max: MAX_CONNECTIONS,
    application_name: 'panorec',
    stream: openSocket,
    async onConnect(client) {
      // The pool listens to idle clients only, and an `error` event without a listener ends the process.
      client.once('error', onLost).on('error', () => {})
      await client.query(sessionLimits(answerMs))
    },
  })
  pool.on('error', () => {})
  undo.defer(async () => {
    closing = true
    await pool.end()
  })
  const notifications = undo.use(await listenPostgres(url, onError).catch(refuse))
  // Drizzle's own over a pool keeps the client of a transaction that could not begin.
  const transaction = async <T>(work: (queries: Queries) => Promise<T>): Promise<T> => {
    const client = await pool.connect()
    try {
      return await drizzle(client).transaction(work)
    } finally {
      client.release()
    }
  }
  const parts: DatabaseParts = { transaction, outside: drizzle(pool), vacuum: async () => {} }
  return assemble(parts, notifications, { kind: 'postgres', url, openSocket }, undo.move())
}

/** The server gives up as well: what a client that is cut off had locked would hold all others up. */
function sessionLimits(answerMs: number): string {
  return `SET statement_timeout = ${answerMs}; SET idle_in_transaction_session_timeout = ${answerMs}`
}

async function migrateLocked(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await migrate(drizzle(client), MIGRATIONS)
  } finally {
    // The lock goes with the connection.
    await client.end()
  }
}
