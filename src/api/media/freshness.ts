/** For how long which caches may keep an answer without asking again. */
export interface Freshness {
  readonly audience: 'public' | 'private'
  /** 0: it is asked for every time. */
  readonly maxAgeSec: number
  /** It never changes, so that not even a reload asks. */
  readonly immutable?: boolean
}

/** The `cache-control` of an answer (RFC 9111 §5.2.2, RFC 8246 §2). */
export function cacheControl({ audience, maxAgeSec, immutable = false }: Freshness): string {
  if (maxAgeSec <= 0) return audience === 'private' ? 'private, no-cache' : 'no-cache'
  return `${audience}, max-age=${maxAgeSec}${immutable ? ', immutable' : ''}`
}
