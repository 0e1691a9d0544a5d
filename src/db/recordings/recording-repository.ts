import type { RecordingRepository } from '../../recording/index.ts'
import type { Database } from '../database.ts'
import { changeRecordings } from './change-recordings.ts'
import { findRecordings } from './find-recordings.ts'

/** Errors: `recording.not-found`, and those of the database. */
export function createRecordingRepository(database: Database): RecordingRepository {
  return { ...findRecordings(database), ...changeRecordings(database) }
}
