import Type from 'typebox'
import { ProblemSchema } from '../../protocol/index.ts'
import { SESSION_COOKIE, SESSION_TTL_SEC } from '../credentials.ts'
import { NoContentSchema } from '../parameters.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

const tags = ['service']
const ATTRIBUTES = 'Path=/media; HttpOnly; SameSite=Strict'

/** `/v1/session`: lets the browser of a key's bearer play media, where a player cannot send the key. */
export function sessionRoutes(app: Scope, { deps: { apiKeys }, credentials }: RouteOptions): void {
  app.post(
    '/v1/session',
    {
      schema: {
        tags,
        summary: 'Open a session: a cookie that media accepts instead of the key',
        body: Type.Object({}, { additionalProperties: false }),
        response: { 204: NoContentSchema, default: ProblemSchema },
      },
    },
    async (request, reply) => {
      if (apiKeys.length > 0) {
        const value = credentials.issueSession(request.headers)
        const secure = request.protocol === 'https' ? '; Secure' : ''
        reply.header('set-cookie', `${SESSION_COOKIE}=${value}; Max-Age=${SESSION_TTL_SEC}; ${ATTRIBUTES}${secure}`)
      }
      return reply.code(204).send(undefined)
    },
  )

  app.delete(
    '/v1/session',
    {
      config: { access: 'open' },
      schema: { tags, summary: 'End the session', response: { 204: NoContentSchema, default: ProblemSchema } },
    },
    async (_request, reply) => {
      reply.header('set-cookie', `${SESSION_COOKIE}=; Max-Age=0; ${ATTRIBUTES}`)
      return reply.code(204).send(undefined)
    },
  )
}
