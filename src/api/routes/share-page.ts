import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { fileNameOf, objectKey } from '../../archive/keys.ts'
import { AppError, type Highlight, ProblemSchema } from '../../protocol/index.ts'
import { attachment } from '../media/content-disposition.ts'
import { DownloadQuery } from '../media/download-query.ts'
import { highlightFileName, orNone } from '../media/file-name-of.ts'
import { MEDIA_ANSWERS, serveObject } from '../media/serve-object.ts'
import { answerProblem, apiError, logError, pathOf } from '../problems.ts'
import { absoluteUrl } from '../public-url.ts'
import type { RouteOptions, Scope } from '../route-options.ts'
import { sharePolicy } from '../share/page-frame.ts'
import { buildProblemPage } from '../share/problem-page.ts'
import { buildSharePage } from '../share/share-page.ts'

/** So long may a browser show a file without asking again whether its link still works. */
const FRESH_SEC = 600
const SHARED = ['clip', 'poster', 'preview'] as const
const PageParameters = Type.Object({ token: Type.String() })
const FileParameters = Type.Object({
  token: Type.String(),
  file: Type.String({ description: SHARED.map(fileNameOf).join(', ') }),
})
const tags = ['shares']

/** `/s/…`: the page behind a link, and the files of its clip. The token is the key; it opens nothing else. */
export function sharePageRoutes(app: Scope, options: RouteOptions): void {
  app.addHook('onSend', async (_request, reply) => void reply.header('x-robots-tag', 'noindex, nofollow'))
  pageRoute(app, options)
  fileRoute(app, options)
}

function pageRoute(app: Scope, { deps, clock }: RouteOptions): void {
  const { highlights, recordings, publicUrl, mediaLinks } = deps
  app.get(
    '/s/:token',
    {
      config: { access: 'open' },
      errorHandler: answerProblemPage,
      schema: {
        tags,
        security: [],
        summary: 'The page of a link: the clip for people, no key needed',
        params: PageParameters,
        response: {
          200: { description: 'A page', content: { 'text/html': { schema: Type.String() } } },
          default: ProblemSchema,
        },
      },
    },
    async (request, reply) => {
      const { highlight, share } = await highlights.openShare(request.params.token)
      const recording = await orNone(recordings.get(highlight.recordingId))
      const url = absoluteUrl(`/s/${encodeURIComponent(request.params.token)}`, request, publicUrl)
      const page = buildSharePage({ highlight, share, recording, url, nowMs: clock() })
      return sendPage(reply, page, sharePolicy(await mediaLinks?.origin()))
    },
  )
}

function fileRoute(app: Scope, { deps, clock }: RouteOptions): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/s/:token/:file',
    config: { access: 'open' },
    schema: {
      tags,
      security: [],
      summary: 'A file of a shared clip',
      params: FileParameters,
      querystring: DownloadQuery,
      response: MEDIA_ANSWERS,
    },
    handler: async (request, reply) => {
      const { token, file } = request.params
      const { highlight, share } = await deps.highlights.openShare(token)
      const kind = SHARED.find((each) => fileNameOf(each) === file)
      if (kind === undefined) throw noFile()
      if (highlight.state !== 'ready') throw notReady(highlight)
      if (request.query.download !== undefined) {
        const recording = await orNone(deps.recordings.get(highlight.recordingId))
        const extension = file.slice(file.lastIndexOf('.') + 1)
        reply.header('content-disposition', attachment(highlightFileName(highlight, recording, extension)))
      }
      const nowMs = clock()
      const leftSec = Math.floor((Date.parse(share.expiresAt) - nowMs) / 1000)
      return serveObject({
        store: deps.store,
        links: deps.mediaLinks,
        key: objectKey(highlight.recordingId, kind, { highlight: highlight.id }),
        cache: { audience: 'private', maxAgeSec: Math.min(FRESH_SEC, leftSec) },
        nowMs,
        maxSec: leftSec,
        request,
        reply,
        missing: () => notReady(highlight),
      })
    },
  })
}

/** A page for whoever asks for pages, a problem document for everybody else. */
function answerProblemPage(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('vary', 'accept')
  if (!/\btext\/html\b/.test(request.headers.accept ?? '')) return answerProblem(thrown, request, reply)
  const error = apiError(thrown)
  logError(request.log, error, { method: request.method, path: pathOf(request.url) })
  return sendPage(reply.code(error.status), buildProblemPage(error))
}

function sendPage(reply: FastifyReply, page: string, policy = sharePolicy()): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy)
    .header('cache-control', 'private, no-store')
    .send(page)
}

function noFile(): AppError {
  return new AppError('share.not-found', 'The link opens no such file', { allowed: SHARED.map(fileNameOf).join(', ') })
}

function notReady({ state }: Highlight): AppError {
  return new AppError('highlight.not-ready', `The clip is not there: its highlight is ${state}`, { details: { state } })
}
