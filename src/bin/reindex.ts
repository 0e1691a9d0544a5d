import type { Config } from '../config/index.ts'
import { createHighlightRestorer, createRecapRestorer, createRecordingRestorer, openDatabase } from '../db/index.ts'
import { type ReindexOptions, type ReindexReport, reindex } from '../recovery/index.ts'
import { openStore } from '../store/index.ts'

/** Opens database and store of the settings and restores what the database lacks. */
export async function runReindex(config: Config, options: Omit<ReindexOptions, 'nowMs'>): Promise<ReindexReport> {
  await using store = await openStore(config.store)
  await using database = await openDatabase(config.database, (err) => options.log(`the database: ${err}`))
  const restorers = {
    recordings: createRecordingRestorer(database),
    highlights: createHighlightRestorer(database),
    recaps: createRecapRestorer(database),
  }
  return await reindex(store, restorers, { ...options, nowMs: Date.now() })
}
