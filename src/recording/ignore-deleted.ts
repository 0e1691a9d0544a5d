import { AppError } from '../protocol/index.ts'

/** For `catch`: a recording that is gone is no failure. Everything else is thrown again. */
export function ignoreDeleted(error: unknown): undefined {
  if (!(error instanceof AppError && error.code === 'recording.not-found')) throw error
}
