import { afterAll, beforeAll, describe } from 'vitest'
import { type Database, openDatabase } from '../../src/db/index.ts'
import { type PostgresServer, startPostgres } from '../kit/postgres.ts'

function failLoudly(error: unknown): void {
  throw error
}

/** The same tests over the embedded database and over a real Postgres server, each on one database for the whole file. */
export function describeDatabases(name: string, tests: (database: () => Database) => void): void {
  describe(`${name} in PGlite`, () => {
    let database: Database
    beforeAll(async () => {
      database = await openDatabase({ kind: 'embedded', dir: 'memory://' }, failLoudly)
    })
    afterAll(() => database[Symbol.asyncDispose]())
    tests(() => database)
  })
  describe(`${name} in Postgres`, () => {
    let server: PostgresServer
    let database: Database
    beforeAll(async () => {
      server = await startPostgres()
      database = await openDatabase({ kind: 'postgres', url: await server.createDatabase() }, failLoudly)
    })
    afterAll(async () => {
      await database?.[Symbol.asyncDispose]()
      await server?.[Symbol.asyncDispose]()
    })
    tests(() => database)
  })
}
