import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../protocol/index.ts'
import type { SegmentStore, StoredObject, StoredObjectInfo } from '../../store/segment-store.ts'
import { matchesEtag, parseRange, quotedEtag, weakEtag } from './byte-range.ts'
import { gzipped, isWorthGzip } from './compress.ts'
import { cacheControl, type Freshness } from './freshness.ts'
import { isText, mediaTypeOf } from './media-key.ts'

export interface Sending {
  readonly store: Pick<SegmentStore, 'get' | 'head'>
  readonly key: string
  readonly cache: Freshness
  /** The error for an object that the store does not have. */
  readonly missing: () => AppError
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/**
 * Answers GET and HEAD with an object of the store, whole or in part (RFC 9110 §§13–15); text in gzip where the client takes it.
 * Errors: `missing` when the store does not have it, `store.range-invalid`.
 */
export async function sendObject(sending: Sending): Promise<FastifyReply> {
  const { store, key, cache, request, reply, missing } = sending
  const signal = abortedWhenGone(reply)
  const { headers } = request
  // Of a text the validator costs as much as the text itself, which for a running index is put together anew.
  const atOnce = headers.range === undefined && (headers['if-none-match'] === undefined || isText(key))
  if (atOnce && request.method === 'GET') {
    const object = await store.get(key, { signal }).catch((error: unknown) => translate(error, missing))
    return sendWhole(sending, object)
  }
  const info = await store.head(key, { signal })
  if (!info) throw missing()
  describe(reply, info, cache)
  const etag = quotedEtag(info.etag)
  if (matchesEtag(headers['if-none-match'], etag)) return reply.code(304).send()
  if (request.method === 'HEAD') return reply.header('content-length', info.size).send()
  return sendRange(sending, info, signal)
}

async function sendWhole({ key, cache, request, reply }: Sending, object: StoredObject): Promise<FastifyReply> {
  describe(reply, object, cache)
  const compress = isText(key) && isWorthGzip(request.headers['accept-encoding'], object.size)
  if (isText(key)) reply.header('vary', 'accept-encoding')
  if (compress) reply.header('etag', weakEtag(object.etag))
  if (matchesEtag(request.headers['if-none-match'], quotedEtag(object.etag))) {
    await object.body.cancel()
    return reply.code(304).send()
  }
  if (compress) return reply.header('content-encoding', 'gzip').send(gzipped(bodyOf(object.body)))
  return reply.header('content-length', object.size).send(bodyOf(object.body))
}

async function sendRange(
  { store, key, request, reply, missing }: Sending,
  info: StoredObjectInfo,
  signal: AbortSignal,
) {
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
  const object = await store.get(key, { signal, ...part }).catch((error: unknown) => translate(error, missing))
  reply.header('etag', quotedEtag(object.etag))
  const { start, end } = object.range ?? { start: 0, end: object.size - 1 }
  if (object.range) reply.code(206).header('content-range', `bytes ${start}-${end}/${object.size}`)
  return reply.header('content-length', end - start + 1).send(bodyOf(object.body))
}

function describe(reply: FastifyReply, info: StoredObjectInfo, cache: Freshness): FastifyReply {
  return reply
    .type(mediaTypeOf(info.key))
    .header('etag', quotedEtag(info.etag))
    .header('last-modified', info.modifiedAt.toUTCString())
    .header('accept-ranges', 'bytes')
    .header('cache-control', cacheControl(cache))
    .header('cross-origin-resource-policy', 'cross-origin')
}

/** Casts between the two types of a stream: where the types of browsers are loaded too, theirs and Node's differ in name. */
function bodyOf(body: ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(body as NodeReadableStream)
}

function abortedWhenGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.on('close', () => gone.abort())
  return gone.signal
}

function translate(error: unknown, missing: () => AppError): never {
  throw error instanceof AppError && error.code === 'store.not-found' ? missing() : error
}
