import type { Database } from './database.ts'
import { eq } from './drizzle.ts'
import { secrets } from './schema.ts'

/** The secret of this name, made by the first process that asks. Every process gets the same one, after restarts too. */
export function serviceSecret(database: Database, name: string, make: () => string): Promise<string> {
  return database.run(async (queries) => {
    await queries.insert(secrets).values({ name, value: make() }).onConflictDoNothing()
    const [row] = await queries.select().from(secrets).where(eq(secrets.name, name))
    if (row === undefined) throw new Error(`The secret ${name} was deleted while it was read`)
    return row.value
  })
}
