import type { Config } from '../config/index.ts'
import { openDatabase } from '../db/index.ts'
import { AppError, type StoreLocation } from '../protocol/index.ts'
import { openStore } from '../store/index.ts'
import type { Examination, Verdict } from './doctor-finding.ts'

/** The database (opened and migrated, as the service would) and the store (a probe is written, read and deleted). */
export function serviceExaminations({ database, store }: Pick<Config, 'database' | 'store'>): Examination[] {
  return [
    {
      name: 'Database',
      advice:
        database.kind === 'postgres'
          ? 'Check PANOREC_DATABASE_URL, that the server runs, and that this machine may reach it.'
          : 'Check the data folder, or set PANOREC_DATABASE_URL to a Postgres server.',
      examine: () => examineDatabase(database),
    },
    {
      name: 'Store',
      advice:
        store.kind === 's3'
          ? 'Check PANOREC_STORE, PANOREC_S3_ENDPOINT, PANOREC_S3_REGION and the credentials: they must allow get, put, list and delete.'
          : 'Make the folder writable for this user, or set PANOREC_STORE to another.',
      async examine(signal) {
        await using opened = await openStore(store)
        await opened.check({ signal })
        return { verdict: 'good', found: `${nameOf(store)} stores, returns and deletes` }
      },
    },
  ]
}

async function examineDatabase(location: Config['database']): Promise<Verdict> {
  const name = location.kind === 'embedded' ? `embedded, in ${location.dir}` : `Postgres at ${hostOf(location.url)}`
  try {
    await using database = await openDatabase(location, () => {})
    await database.check()
    return { verdict: 'good', found: `${name}, opens and is migrated` }
  } catch (error) {
    const isInUse = error instanceof AppError && error.field === 'PANOREC_DATA_DIR'
    if (!isInUse) throw error
    return { verdict: 'warning', found: `${name}, is in use`, advice: error.message }
  }
}

function hostOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

function nameOf(store: StoreLocation): string {
  return store.kind === 'fs' ? store.path : `s3://${store.bucket}/${store.prefix}`
}
