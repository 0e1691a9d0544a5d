import { AppError } from '../protocol/index.ts'

/** Handles `recording.not-found` in a `catch`: a deleted recording is no failure. Everything else is thrown again. */
export function ignoreDeleted(error: unknown): undefined {
  if (!(error instanceof AppError && error.code === 'recording.not-found')) throw error
}
