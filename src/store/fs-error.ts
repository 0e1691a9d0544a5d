import { AppError } from '../protocol/index.ts'

/** The errno name of a file system error, such as `ENOSPC`. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** True also where a part of the path is a file: nothing can lie below it. */
export function isMissing(error: unknown): boolean {
  const errno = errnoOf(error)
  return errno === 'ENOENT' || errno === 'ENOTDIR'
}

const REFUSALS: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'EEXIST'])

/** Translates an error of the file system: no space, no permission, or a disk that does not answer. */
export function fsError(doing: string, error: unknown): AppError {
  if (error instanceof AppError) return error
  const errno = errnoOf(error) ?? 'unknown error'
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    return new AppError('spool.disk-full', `${doing} failed: the disk is full (${errno}); free some space`, {
      cause: error,
    })
  }
  if (REFUSALS.has(errno)) {
    return new AppError('store.refused', `${doing} failed: ${errno}; give the service a folder that it may write`, {
      cause: error,
    })
  }
  return new AppError('store.unavailable', `${doing} failed: ${errno}`, { cause: error })
}
