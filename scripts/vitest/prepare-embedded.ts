import { prepareEmbedded } from '../../test/kit/service/prepared-databases.ts'

/** Vitest's global set-up of tests that start services: an embedded database is migrated once, and copied by each of them. */
export default async function prepare(): Promise<() => Promise<void>> {
  const prepared = await prepareEmbedded()
  return async () => await prepared[Symbol.asyncDispose]()
}
