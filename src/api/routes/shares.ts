import { ProblemSchema, type Share, ShareListSchema, ShareRequestSchema, ShareSchema } from '../../protocol/index.ts'
import { answerOnce } from '../idempotency.ts'
import {
  HighlightParameters,
  highlightIdOf,
  NoContentSchema,
  PageParameters,
  pageQueryOf,
  ShareParameters,
  shareIdOf,
} from '../parameters.ts'
import { absoluteUrl } from '../public-url.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

const tags = ['shares']

/** `/v1/highlights/:id/share`: links that open a clip without a key. */
export function shareRoutes(app: Scope, options: RouteOptions): void {
  createRoute(app, options)
  listRoute(app, options)
  revokeRoute(app, options)
}

function createRoute(app: Scope, { deps: { highlights, idempotency, publicUrl } }: RouteOptions): void {
  app.post(
    '/v1/highlights/:id/share',
    {
      schema: {
        tags,
        summary: 'Make a link that opens the clip without a key',
        description: 'Each call makes another link. It ends with its time, when it is revoked, and with its highlight.',
        params: HighlightParameters,
        body: ShareRequestSchema,
        response: { 201: ShareSchema, default: ProblemSchema },
      },
    },
    async (request, reply) =>
      answerOnce(idempotency, { request, reply, status: 201 }, async (once) => {
        const share = await highlights.share(highlightIdOf(request.params), request.body, once)
        return { ...share, url: absoluteUrl(share.url, request, publicUrl) }
      }),
  )
}

function listRoute(app: Scope, { deps: { highlights, publicUrl } }: RouteOptions): void {
  app.get(
    '/v1/highlights/:id/shares',
    {
      schema: {
        tags,
        summary: 'List the links of a highlight, newest first',
        params: HighlightParameters,
        querystring: PageParameters,
        response: { 200: ShareListSchema, default: ProblemSchema },
      },
    },
    async (request) => {
      const { items, nextCursor } = await highlights.shares(highlightIdOf(request.params), pageQueryOf(request.query))
      const absolute = (share: Share): Share => ({ ...share, url: absoluteUrl(share.url, request, publicUrl) })
      return { items: items.map(absolute), nextCursor }
    },
  )
}

function revokeRoute(app: Scope, { deps: { highlights } }: RouteOptions): void {
  app.delete(
    '/v1/highlights/:id/shares/:shareId',
    {
      schema: {
        tags,
        summary: 'Revoke a link, at once',
        description: 'Revoking twice is no error.',
        params: ShareParameters,
        response: { 204: NoContentSchema, default: ProblemSchema },
      },
    },
    async ({ params }, reply) => {
      await highlights.revokeShare(highlightIdOf(params), shareIdOf(params))
      return reply.code(204).send(undefined)
    },
  )
}
