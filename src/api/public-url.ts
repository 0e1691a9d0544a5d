import type { FastifyRequest } from 'fastify'

/**
 * A link as the world outside reaches it: below `publicUrl`, which has no slash at its end, else at the address that the
 * request was sent to. A link that is absolute stays as it is.
 */
export function absoluteUrl(link: string, request: FastifyRequest, publicUrl: string | null): string {
  if (URL.canParse(link)) return link
  return `${publicUrl ?? `${request.protocol}://${request.host}`}${link}`
}
