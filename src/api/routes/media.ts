import Type from 'typebox'
import { playerView } from '../../archive/index.ts'
import { objectName } from '../../archive/keys.ts'
import { AppError } from '../../protocol/index.ts'
import { attachment } from '../media/content-disposition.ts'
import { DownloadQuery } from '../media/download-query.ts'
import { fileNameOf } from '../media/file-name-of.ts'
import type { Freshness } from '../media/freshness.ts'
import { isImmutable, isMediaKey, objectAt } from '../media/media-key.ts'
import { MEDIA_ANSWERS, serveObject } from '../media/serve-object.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

/** `_HLS_skip` is what players add themselves (RFC 8216bis §6.2.5.1). */
const MediaQuery = Type.Object({
  ...DownloadQuery.properties,
  delta: Type.Optional(
    Type.Enum(['1'], {
      description: 'lets a player that knows delta updates ask for the end of a running index alone',
    }),
  ),
  _HLS_skip: Type.Optional(Type.String({ description: '`YES` or `v2`: the end alone' })),
})

const ONE_YEAR_SEC = 31_536_000

/** `/media/…`: what the store holds of recordings, for players (RFC 9110 §§13–15) of any site. */
export function mediaRoutes(app: Scope, options: RouteOptions): void {
  objectRoute(app, options)
  preflightRoute(app)
}

function objectRoute(app: Scope, { deps, clock }: RouteOptions): void {
  const audience = deps.apiKeys.length > 0 ? 'private' : 'public'
  app.route({
    method: ['GET', 'HEAD'],
    url: '/media/*',
    config: { access: 'media' },
    schema: {
      tags: ['media'],
      summary: 'A playlist, a segment or a clip',
      querystring: MediaQuery,
      params: Type.Object({
        '*': Type.String({ description: `rec_…/${objectName('index')}, as the links of a recording say` }),
      }),
      response: MEDIA_ANSWERS,
    },
    handler: async (request, reply) => {
      reply.header('access-control-allow-origin', '*')
      reply.header('access-control-expose-headers', 'content-length, content-range, accept-ranges, etag')
      const key = request.params['*']
      if (!isMediaKey(key)) throw noMedia(key)
      const cache: Freshness = isImmutable(key)
        ? { audience, maxAgeSec: ONE_YEAR_SEC, immutable: true }
        : { audience, maxAgeSec: 0 }
      if (request.query.download !== undefined)
        reply.header('content-disposition', attachment(await fileNameOf(key, deps)))
      const missing = () => noMedia(key)
      const store = playerView(deps.store, { delta: deltaOf(request.query) })
      return serveObject({ store, links: deps.mediaLinks, key, cache, nowMs: clock(), request, reply, missing })
    },
  })
}

function deltaOf({ delta, _HLS_skip }: Type.Static<typeof MediaQuery>): 'allow' | 'skip' | undefined {
  if (delta === undefined) return undefined
  return _HLS_skip === 'YES' || _HLS_skip === 'v2' ? 'skip' : 'allow'
}

/** The answer to a browser that asks whether a page of another site may fetch media (CORS preflight). */
function preflightRoute(app: Scope): void {
  app.options('/media/*', { config: { access: 'media' }, schema: { hide: true } }, async (_request, reply) =>
    reply
      .code(204)
      .headers({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, HEAD',
        'access-control-allow-headers': 'authorization, x-api-key, range, if-none-match, if-range',
        'access-control-max-age': '86400',
      })
      .send(),
  )
}

function noMedia(key: string): AppError {
  return new AppError('store.not-found', `There is no media at /media/${key}; ${whenThere(key)}`, { received: key })
}

function whenThere(key: string): string {
  switch (objectAt(key)?.kind) {
    case 'recap':
      return 'a recap is there from its event `recap.ready` on'
    case 'clipPlaylist':
      return 'it is there from the event `highlight.playable` on'
    case 'clip':
    case 'poster':
    case 'preview':
      return 'it is there from the event `highlight.ready` on'
    default:
      return "a recording's links say what there is"
  }
}
