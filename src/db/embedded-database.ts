import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { limitWasmCompiler } from '../machine/index.ts'
import { AppError } from '../protocol/index.ts'
import { assemble, type Database, type DatabaseParts, MIGRATIONS, type Queries, refuse } from './database.ts'
import { loadEmbedded } from './drizzle.ts'
import { lockFolder } from './folder-lock.ts'
import { makeCluster } from './make-cluster.ts'
import { listenPglite } from './notifications.ts'

/** Every page of them becomes resident in time, and the default of 128 MB is made for a server. */
const MEMORY_PARAMS = ['-c', 'shared_buffers=4MB']

/** `dir`: a folder, or `memory://`. */
export async function openEmbedded(dir: string): Promise<Database> {
  await using undo = new AsyncDisposableStack()
  if (dir !== 'memory://') {
    await mkdir(dirname(dir), { recursive: true })
    undo.use(await lockFolder(dir))
    await makeCluster(dir).catch((cause: unknown) => refuseFolder(dir, cause))
  }
  limitWasmCompiler()
  const { PGlite, drizzle, migrate } = loadEmbedded()
  const startParams = [...PGlite.defaultStartParams, ...MEMORY_PARAMS]
  const pglite = await PGlite.create(dir, { startParams }).catch((cause: unknown) => refuseFolder(dir, cause))
  undo.defer(() => pglite.close())
  const outside = drizzle(pglite)
  await migrate(outside, MIGRATIONS).catch(refuse)
  const notifications = undo.use(await listenPglite(pglite))
  const queries: Queries = outside
  const parts: DatabaseParts = {
    outside: queries,
    transaction: (work) => queries.transaction(work),
    vacuum: async () => void (await pglite.exec('VACUUM')),
  }
  return assemble(parts, notifications, { kind: 'pglite', pglite }, undo.move())
}

function refuseFolder(dir: string, cause: unknown): never {
  throw new AppError(
    'database.unavailable',
    `The embedded database in ${dir} does not open: restore the folder from a copy, or move it away to begin anew.`,
    { cause },
  )
}
