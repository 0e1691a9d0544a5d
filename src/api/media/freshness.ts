/** How long which caches may serve an answer without revalidation. */
export interface Freshness {
  readonly audience: 'public' | 'private'
  /** The lifetime of the answer; 0: caches revalidate every time. */
  readonly maxAgeSec: number
  /** True: the object never changes, so that not even a reload revalidates it. */
  readonly immutable?: boolean
}

/** Renders the `cache-control` of an answer (RFC 9111 §5.2.2, RFC 8246 §2). */
export function cacheControl({ audience, maxAgeSec, immutable = false }: Freshness): string {
  if (maxAgeSec <= 0) return audience === 'private' ? 'private, no-cache' : 'no-cache'
  return `${audience}, max-age=${maxAgeSec}${immutable ? ', immutable' : ''}`
}
