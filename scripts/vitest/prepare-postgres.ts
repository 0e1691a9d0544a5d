import { prepareServer } from '../../test/kit/service/prepared-databases.ts'

/** Vitest's global set-up of the service tests: one Postgres server, with a migrated database to copy. */
export default async function prepare(): Promise<() => Promise<void>> {
  const server = await prepareServer()
  return async () => await server[Symbol.asyncDispose]()
}
