import { afterAll, beforeAll, describe } from 'vitest'
import type { Database } from '../../src/db/index.ts'
import { openOnServer, openPrepared } from '../kit/service/prepared-databases.ts'

const suites: { readonly name: string; readonly tests: (database: () => Database) => void }[] = []

/** Adds tests that hold over every database. */
export function describeDatabases(name: string, tests: (database: () => Database) => void): void {
  suites.push({ name, tests })
}

/** Runs every suite that was added, over the embedded database and over a real Postgres server. */
export function runSuites(): void {
  const backends = { PGlite: openPrepared, Postgres: openOnServer }
  for (const [backend, open] of Object.entries(backends)) {
    describe(`over ${backend}`, () => {
      let database: Database
      beforeAll(async () => {
        database = await open()
      })
      afterAll(() => database?.[Symbol.asyncDispose]())
      for (const { name, tests } of suites) describe(name, () => tests(() => database))
    })
  }
}
