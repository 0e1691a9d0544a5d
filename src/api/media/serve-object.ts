import type { FastifyReply } from 'fastify'
import Type from 'typebox'
import { ProblemSchema } from '../../protocol/index.ts'
import type { StoreLinks } from '../../store/segment-store.ts'
import { cacheControl } from './freshness.ts'
import { isRedirectable, mediaTypeOf, objectAt } from './media-key.ts'
import { type Sending, sendObject } from './send-object.ts'

/** The answers of a route that serves objects, for the OpenAPI document. */
export const MEDIA_ANSWERS = {
  200: Type.Unsafe<unknown>({ type: 'string', format: 'binary' }),
  307: Type.Unsafe<unknown>({ description: 'It is at `location`, for a few minutes' }),
  default: ProblemSchema,
}

interface Serving extends Sending {
  /** The links to the store; without them every object comes through this service. */
  readonly links: StoreLinks | undefined
  /** The time, epoch milliseconds. */
  readonly nowMs: number
  /** After so long the right to the object ends; a link to the store lives no longer. */
  readonly maxSec?: number
}

/**
 * As `sendObject`; where there are links, a GET of a film or a picture is sent to the store instead (RFC 9110 §15.4.8). A
 * HEAD is answered here: a signed link is good for one method.
 */
export async function serveObject(serving: Serving): Promise<FastifyReply> {
  const { links, key, request } = serving
  if (links === undefined || request.method !== 'GET' || !isRedirectable(key)) return sendObject(serving)
  return redirect(serving, links)
}

async function redirect(serving: Serving, links: StoreLinks): Promise<FastifyReply> {
  const { store, key, cache, reply, missing, nowMs, maxSec } = serving
  // A playlist names only segments that are stored; anything else is asked for before it is there.
  if (objectAt(key)?.kind !== 'segment' && (await store.head(key)) === undefined) throw missing()
  const disposition = reply.getHeader('content-disposition')
  const { url, freshSec } = await links.linkTo(key, {
    contentType: mediaTypeOf(key),
    cacheControl: cacheControl(cache),
    ...(disposition !== undefined && { contentDisposition: String(disposition) }),
    nowMs,
    ...(maxSec !== undefined && { maxSec }),
  })
  const { audience, maxAgeSec } = cache
  return reply
    .header('cache-control', cacheControl({ audience, maxAgeSec: Math.min(maxAgeSec, freshSec) }))
    .header('cross-origin-resource-policy', 'cross-origin')
    .removeHeader('content-disposition')
    .redirect(url, 307)
}
