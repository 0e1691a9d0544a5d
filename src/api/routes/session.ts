import Type from 'typebox'
import { ProblemSchema } from '../../protocol/index.ts'
import { SESSION_COOKIE, SESSION_TTL_SEC } from '../credentials.ts'
import { NoContentSchema } from '../parameters.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

const tags = ['service']

/** `/v1/session`: lets the browser of a key's bearer play media, where a player cannot send the key. */
export function sessionRoutes(app: Scope, { deps: { apiKeys, publicUrl }, credentials }: RouteOptions): void {
  const cookie = (value: string, maxAgeSec: number, protocol: string) =>
    `${SESSION_COOKIE}=${value}; Max-Age=${maxAgeSec}; ${attributesAt(publicUrl ?? `${protocol}://localhost`)}`
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
        reply.header('set-cookie', cookie(value, SESSION_TTL_SEC, request.protocol))
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
    async (request, reply) => {
      reply.header('set-cookie', cookie('', 0, request.protocol))
      return reply.code(204).send(undefined)
    },
  )
}

/** The cookie goes back to media only, where the world outside finds those of a service with this URL. */
function attributesAt(serviceUrl: string): string {
  const { pathname, protocol } = new URL(serviceUrl)
  const secure = protocol === 'https:' ? '; Secure' : ''
  return `Path=${pathname.replace(/\/$/, '')}/media; HttpOnly; SameSite=Strict${secure}`
}
