import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { AppError, ProblemSchema } from '../../protocol/index.ts'
import type { SegmentStore, StoredObjectInfo } from '../../store/segment-store.ts'
import { matchesEtag, parseRange, quotedEtag } from '../media/byte-range.ts'
import { isImmutable, isMediaKey, mediaTypeOf } from '../media/media-key.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

const ONE_YEAR_SEC = 31_536_000

/** `/media/…`: what the store holds of recordings, for players (RFC 9110 §§13–15) of any site. */
export function mediaRoutes(app: Scope, { deps: { store, apiKeys } }: RouteOptions): void {
  const audience = apiKeys.length > 0 ? 'private' : 'public'
  app.route({
    method: ['GET', 'HEAD'],
    url: '/media/*',
    config: { access: 'media' },
    schema: {
      tags: ['media'],
      summary: 'A playlist, a segment or a clip',
      params: Type.Object({ '*': Type.String({ description: 'rec_…/index.m3u8, as the links of a recording say' }) }),
      response: { 200: Type.Unsafe<unknown>({ type: 'string', format: 'binary' }), default: ProblemSchema },
    },
    handler: async (request, reply) => {
      reply.header('access-control-allow-origin', '*')
      reply.header('access-control-expose-headers', 'content-length, content-range, accept-ranges, etag')
      const key = request.params['*']
      if (!isMediaKey(key)) throw noMedia(key)
      const cache = isImmutable(key) ? `${audience}, max-age=${ONE_YEAR_SEC}, immutable` : 'no-cache'
      return sendObject({ store, key, cache, request, reply })
    },
  })

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

interface Sending {
  readonly store: SegmentStore
  readonly key: string
  readonly cache: string
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

async function sendObject({ store, key, cache, request, reply }: Sending): Promise<FastifyReply> {
  const signal = abortedWhenGone(reply)
  const { headers } = request
  const conditional = headers['if-none-match'] !== undefined || headers.range !== undefined
  if (!conditional && request.method === 'GET') {
    const object = await store.get(key, { signal }).catch((error: unknown) => translateMissing(error, key))
    return describe(reply, object, cache).header('content-length', object.size).send(bodyOf(object.body))
  }
  const info = await store.head(key, { signal })
  if (!info) throw noMedia(key)
  describe(reply, info, cache)
  const etag = quotedEtag(info.etag)
  if (matchesEtag(headers['if-none-match'], etag)) return reply.code(304).send()
  if (request.method === 'HEAD') return reply.header('content-length', info.size).send()
  return sendRange({ store, key, cache, request, reply }, info, signal)
}

async function sendRange({ store, key, request, reply }: Sending, info: StoredObjectInfo, signal: AbortSignal) {
  const ifRange = request.headers['if-range']
  const fresh = ifRange === undefined || ifRange === quotedEtag(info.etag)
  const range = parseRange(fresh ? request.headers.range : undefined, info.size)
  if (range.kind === 'unsatisfiable') {
    reply.header('content-range', `bytes */${info.size}`)
    const allowed = `bytes 0 to ${info.size - 1}`
    const message = `The range starts after the end of the object, which has ${info.size} bytes`
    throw new AppError('store.range-invalid', message, { field: 'range', received: request.headers.range, allowed })
  }
  const part = range.kind === 'part' ? { range: { start: range.start, end: range.end } } : {}
  const object = await store.get(key, { signal, ...part }).catch((error: unknown) => translateMissing(error, key))
  reply.header('etag', quotedEtag(object.etag))
  const { start, end } = object.range ?? { start: 0, end: object.size - 1 }
  if (object.range) reply.code(206).header('content-range', `bytes ${start}-${end}/${object.size}`)
  return reply.header('content-length', end - start + 1).send(bodyOf(object.body))
}

function describe(reply: FastifyReply, info: StoredObjectInfo, cache: string): FastifyReply {
  return reply
    .type(mediaTypeOf(info.key))
    .header('etag', quotedEtag(info.etag))
    .header('last-modified', info.modifiedAt.toUTCString())
    .header('accept-ranges', 'bytes')
    .header('cache-control', cache)
    .header('cross-origin-resource-policy', 'cross-origin')
}

/** Where the types of browsers are loaded too, as in the tests, theirs of a stream and Node's differ in name alone. */
function bodyOf(body: ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(body as NodeReadableStream)
}

function abortedWhenGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.on('close', () => gone.abort())
  return gone.signal
}

function translateMissing(error: unknown, key: string): never {
  throw error instanceof AppError && error.code === 'store.not-found' ? noMedia(key) : error
}

function noMedia(key: string): AppError {
  return new AppError('store.not-found', `There is no media at /media/${key}; a recording's links say what there is`, {
    received: key,
  })
}
