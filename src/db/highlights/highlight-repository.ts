import type { HighlightRepository } from '../../highlights/index.ts'
import type { Database } from '../database.ts'
import { changeHighlights } from './change-highlights.ts'
import { dueHighlights } from './due-highlights.ts'
import { findHighlights } from './find-highlights.ts'
import { purgeHighlights } from './purge-highlights.ts'

/** Errors: those of the database. */
export function createHighlightRepository(database: Database): HighlightRepository {
  return {
    ...findHighlights(database),
    ...changeHighlights(database),
    ...dueHighlights(database),
    ...purgeHighlights(database),
  }
}
