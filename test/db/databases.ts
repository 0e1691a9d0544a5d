import { afterAll, beforeAll, describe } from 'vitest'
import { type Database, openDatabase } from '../../src/db/index.ts'
import { startPostgres } from '../kit/servers/postgres.ts'

const suites: { readonly name: string; readonly tests: (database: () => Database) => void }[] = []

/** Adds tests that hold over every database. */
export function describeDatabases(name: string, tests: (database: () => Database) => void): void {
  suites.push({ name, tests })
}

/** Runs every suite that was added, over the embedded database and over a real Postgres server. */
export function runSuites(): void {
  const backends = { PGlite: openEmbedded, Postgres: openServer }
  for (const [backend, open] of Object.entries(backends)) {
    describe(`over ${backend}`, () => {
      let opened: { database: Database; close: () => Promise<void> }
      beforeAll(async () => {
        opened = await open()
      })
      afterAll(() => opened?.close())
      for (const { name, tests } of suites) describe(name, () => tests(() => opened.database))
    })
  }
}

async function openEmbedded() {
  const database = await openDatabase({ kind: 'embedded', dir: 'memory://' }, fail)
  return { database, close: async () => await database[Symbol.asyncDispose]() }
}

async function openServer() {
  const server = await startPostgres()
  const database = await openDatabase({ kind: 'postgres', url: await server.createDatabase() }, fail)
  const close = async () => {
    await database[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  }
  return { database, close }
}

function fail(error: unknown): void {
  throw error
}
