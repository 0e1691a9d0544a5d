import { AppError } from '../../../src/protocol/app-error.ts'

/** True for a status with which a server refuses this caller: a retry soon would be refused too. */
function isRefusal(status: number): boolean {
  return status === 401 || status === 403
}

/** True when only a change of the source itself can help. It is retried all the same, slowly. */
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
