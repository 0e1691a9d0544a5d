import Type, { type Static } from 'typebox'
import type { AppError } from './app-error.ts'
import { ERRORS } from './errors.ts'

export const PROBLEM_CONTENT_TYPE = 'application/problem+json'

/** An error as the API answers it: RFC 9457 with members of our own (§3.2). */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'The page of the reference that explains the code' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What failed, why, and what to do' }),
    code: Type.String({ description: 'A stable code of the error table' }),
    instance: Type.String({ description: 'The path of the request' }),
    traceId: Type.String({ description: 'Finds the request in the log' }),
    field: Type.Optional(Type.String({ description: 'A JSON pointer into the body, or the name of a parameter' })),
    received: Type.Optional(Type.Unknown()),
    allowed: Type.Optional(Type.String({ description: 'What would have been accepted' })),
    details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { $id: 'Problem' },
)
export type Problem = Static<typeof ProblemSchema>

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
