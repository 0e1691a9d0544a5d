import { AppError } from '../../src/protocol/app-error.ts'

/** A status with which a server says no to this caller; asking again soon would not change its mind. */
export function isRefusal(status: number): boolean {
  return status === 401 || status === 403
}

/** True when no retry is expected to help unless the source itself is changed. It is retried slowly all the same. */
export function isHopeless(error: AppError): boolean {
  return error.code === 'source.refused' || error.code === 'source.unsupported-media'
}

/** The error of an HTTP answer that is not a success. `what` names the thing that was asked for. */
export function httpError(what: string, status: number): AppError {
  if (isRefusal(status))
    return new AppError(
      'source.refused',
      `The ${what} was refused with HTTP ${status}. Check the source's \`url\` and \`token\`.`,
      {
        received: status,
      },
    )
  return new AppError('source.unreachable', `The ${what} was answered with HTTP ${status}. It is asked for again.`, {
    received: status,
  })
}

/** The error of a request that got no answer at all (no connection, a cut connection, CORS, a time-out). */
export function networkError(what: string, cause?: unknown): AppError {
  return new AppError(
    'source.unreachable',
    `The ${what} got no answer. The server may be down or may not allow requests of other origins (CORS). It is asked for again.`,
    { cause },
  )
}
