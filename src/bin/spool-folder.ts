import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/index.ts'

/** The folder in which recorders keep what the store has not confirmed. */
export function spoolDir({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(dataDir, 'spool')
}

/** Makes the folders that recorders write into. */
export async function makeFolders(config: Pick<Config, 'dataDir'>): Promise<void> {
  await mkdir(spoolDir(config), { recursive: true })
}
