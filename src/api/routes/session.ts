import type { FastifyRequest } from 'fastify'
import { ProblemSchema } from '../../protocol/index.ts'
import { SESSION_COOKIE, SESSION_TTL_SEC } from '../credentials.ts'
import { EmptyBody, NoContentSchema } from '../parameters.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

const tags = ['service']

/** `/v1/session`: lets the browser of a key's bearer play media, where a player cannot send the key. */
export function sessionRoutes(app: Scope, options: RouteOptions): void {
  openRoute(app, options)
  endRoute(app, options)
}

function openRoute(app: Scope, { deps: { apiKeys, publicUrl }, credentials }: RouteOptions): void {
  app.post(
    '/v1/session',
    {
      schema: {
        tags,
        summary: 'Open a session: a cookie that media accepts instead of the key',
        body: EmptyBody,
        response: { 204: NoContentSchema, default: ProblemSchema },
      },
    },
    async (request, reply) => {
      if (apiKeys.length > 0) {
        const value = credentials.issueSession(request.headers)
        reply.header('set-cookie', cookie(value, SESSION_TTL_SEC, publicUrl ?? urlOf(request)))
      }
      return reply.code(204).send(undefined)
    },
  )
}

function endRoute(app: Scope, { deps: { publicUrl } }: RouteOptions): void {
  app.delete(
    '/v1/session',
    {
      config: { access: 'open' },
      schema: { tags, summary: 'End the session', response: { 204: NoContentSchema, default: ProblemSchema } },
    },
    async (request, reply) => {
      reply.header('set-cookie', cookie('', 0, publicUrl ?? urlOf(request)))
      return reply.code(204).send(undefined)
    },
  )
}

function urlOf({ protocol }: FastifyRequest): string {
  return `${protocol}://localhost`
}

/** The cookie goes back to media only, where the world outside finds those of a service with this URL. */
function cookie(value: string, maxAgeSec: number, serviceUrl: string): string {
  const { pathname, protocol } = new URL(serviceUrl)
  const path = `${pathname.replace(/\/$/, '')}/media`
  const secure = protocol === 'https:' ? '; Secure' : ''
  return `${SESSION_COOKIE}=${value}; Max-Age=${maxAgeSec}; Path=${path}; HttpOnly; SameSite=Strict${secure}`
}
