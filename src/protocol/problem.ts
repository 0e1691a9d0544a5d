import Type, { type Static } from 'typebox'

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

/** An error as plain JSON: the `error` of a recording or a source, and what crosses a process border. */
export const ErrorInfoSchema = Type.Object(
  {
    code: Type.String({ description: 'A stable code of the error table' }),
    message: Type.String(),
    /** The delay after which the same call may succeed, seconds. */
    retryAfterSec: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { $id: 'ErrorInfo', additionalProperties: false },
)
export type ErrorInfo = Static<typeof ErrorInfoSchema>
