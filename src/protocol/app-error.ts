import { ERRORS, type ErrorCode, type Fault, isErrorCode } from './errors.ts'
import type { ErrorInfo, Problem } from './problem.ts'

interface AppErrorOptions {
  /** The offending field as a JSON pointer or a setting's name. */
  readonly field?: string
  /** What was received, as it may be shown to the caller. */
  readonly received?: unknown
  /** What would have been accepted, in words. */
  readonly allowed?: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** The one error type of the product. `message` is safe to show to a caller; the cause goes to the log only. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly fault: Fault
  readonly retryable: boolean
  readonly field: string | undefined
  readonly received: unknown
  readonly allowed: string | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.fault = ERRORS[code].fault
    this.retryable = ERRORS[code].retryable
    this.field = options.field
    this.received = options.received
    this.allowed = options.allowed
    this.details = options.details ?? {}
  }

  get status(): number {
    return ERRORS[this.code].status
  }
}

/** Turns anything thrown into an `AppError`; what is not one becomes `internal`, or the code given. */
export function toAppError(thrown: unknown, code: ErrorCode = 'internal'): AppError {
  if (thrown instanceof AppError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new AppError(code, message, { cause: thrown })
}

/** The part of an error that is safe to store and to show. */
export function errorInfo(error: AppError): ErrorInfo {
  const { retryAfterSec } = error.details
  return { code: error.code, message: error.message, ...(typeof retryAfterSec === 'number' && { retryAfterSec }) }
}

/** The inverse of `errorInfo`, for what comes from another process; an unknown code becomes `internal`. */
export function appErrorFrom(info: ErrorInfo): AppError {
  return new AppError(isErrorCode(info.code) ? info.code : 'internal', info.message)
}

/** The problem document of an error. That of `internal` hides message and details; its trace id leads to the log. */
export function problemOf(
  error: AppError,
  occurrence: { readonly instance: string; readonly traceId: string },
): Problem {
  const hidden = error.code === 'internal'
  return {
    type: `/docs/errors#${error.code}`,
    title: ERRORS[error.code].title,
    status: error.status,
    detail: hidden
      ? `The request failed inside the service; its log says why under ${occurrence.traceId}`
      : error.message,
    code: error.code,
    ...occurrence,
    ...(error.field !== undefined && { field: error.field }),
    ...(error.received !== undefined && { received: error.received }),
    ...(error.allowed !== undefined && { allowed: error.allowed }),
    ...(!hidden && Object.keys(error.details).length > 0 && { details: { ...error.details } }),
  }
}
