import Type, { type Static } from 'typebox'

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
