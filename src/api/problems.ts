import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError, PROBLEM_CONTENT_TYPE, problemOf, toAppError } from '../protocol/index.ts'
import type { RouteTable } from './route-table.ts'

/** What may be set already when an answer fails, and would make caches and browsers take a problem for the object. */
const OF_THE_OBJECT = ['cache-control', 'content-disposition', 'content-length', 'etag', 'last-modified'] as const

/** The one place that turns whatever was thrown into a problem document, and logs it by whose fault it is. */
export function answerProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = apiError(thrown)
  logError(request.log, error, { method: request.method, path: pathOf(request.url) })
  if (error.status === 401) reply.header('www-authenticate', 'Bearer realm="panorec"')
  const problem = problemOf(error, { instance: pathOf(request.url), traceId: request.id })
  for (const name of OF_THE_OBJECT) reply.removeHeader(name)
  return reply
    .code(error.status)
    .type(PROBLEM_CONTENT_TYPE)
    .send(Buffer.from(JSON.stringify(problem)))
}

/** Answers what no route takes: 405 with `Allow` where another method would do, else 404. */
function answerNotFound(routes: RouteTable, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = pathOf(request.url)
  const allowed = routes.methodsAt(path)
  if (allowed.length === 0) {
    const message = `Nothing is served at ${path}; /docs lists what is`
    return answerProblem(new AppError('route.not-found', message, { received: path }), request, reply)
  }
  const list = allowed.join(', ')
  reply.header('allow', list)
  const message = `${request.method} is not supported at ${path}; use ${list}`
  const error = new AppError('request.method-not-allowed', message, { received: request.method, allowed: list })
  return answerProblem(error, request, reply)
}

/** Installs both for the whole application. */
export function useProblems(app: FastifyInstance, routes: RouteTable): void {
  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler((request, reply) => answerNotFound(routes, request, reply))
}

/** Anything thrown, as the error to answer; what Fastify itself refuses gets its code of our table. */
export function apiError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  switch ((thrown as Partial<FastifyError> | undefined)?.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError('request.media-type', 'The body must be JSON: send it with content-type: application/json', {
        field: 'content-type',
        allowed: 'application/json',
        cause: thrown,
      })
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AppError('request.too-large', 'The body is larger than this path takes; send less at once', {
        cause: thrown,
      })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AppError('request.malformed', 'The body is not as long as its content-length says', { cause: thrown })
    case 'FST_ERR_BAD_URL':
      return new AppError('request.invalid', 'The path is not a valid URL path: a percent escape is wrong', {
        cause: thrown,
      })
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new AppError('route.not-found', 'The path is longer than anything served here', { cause: thrown })
    default:
      return toAppError(thrown)
  }
}

/** Logs an error at the level that its fault deserves: only ours and a destination's page an operator. */
export function logError(logger: FastifyBaseLogger, error: AppError, context: Readonly<Record<string, unknown>>): void {
  const level = error.fault === 'caller' ? 'info' : error.fault === 'source' ? 'warn' : 'error'
  logger[level]({ err: error, code: error.code, ...context }, error.message)
}

/** Without the query and the token of a share, which open things: safe to log and to answer with. */
export function pathOf(url: string): string {
  const end = url.indexOf('?')
  return (end === -1 ? url : url.slice(0, end)).replace(/^\/s\/[^/]+/, '/s/:token')
}
