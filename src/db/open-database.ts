import type { Database } from './database.ts'
import type { ServerSettings } from './postgres-database.ts'

type DatabaseSettings =
  | { readonly kind: 'embedded' /** A folder, or `memory://`. */; readonly dir: string }
  | ({ readonly kind: 'postgres' } & ServerSettings)

/** Opens and migrates; loads the driver that is needed. `onError` gets each loss of an idle connection. */
export async function openDatabase(settings: DatabaseSettings, onError: (error: unknown) => void): Promise<Database> {
  if (settings.kind === 'embedded') {
    const { openEmbedded } = await import('./embedded-database.ts')
    return await openEmbedded(settings.dir)
  }
  const { openPostgres } = await import('./postgres-database.ts')
  return await openPostgres(settings, onError)
}
