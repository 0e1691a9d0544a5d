import type { FastifyRequest } from 'fastify'

/**
 * The public form of a link: below `publicUrl`, which has no slash at its end, else at the address that the request was
 * sent to. An absolute link is returned unchanged.
 */
export function absoluteUrl(link: string, request: FastifyRequest, publicUrl: string | null): string {
  if (URL.canParse(link)) return link
  return `${publicUrl ?? `${request.protocol}://${request.host}`}${link}`
}
