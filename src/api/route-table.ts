import type { FastifyInstance } from 'fastify'

/** Knows which methods each path takes, to answer 405 instead of 404. */
export interface RouteTable {
  methodsAt(path: string): readonly string[]
}

/** Watches every route that is registered from now on. */
export function watchRoutes(app: FastifyInstance): RouteTable {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    routes.push({ pattern: patternOf(url), methods: [method].flat() })
  })
  return {
    methodsAt(path) {
      const matching = routes.filter(({ pattern }) => pattern.test(path))
      return [...new Set(matching.flatMap(({ methods }) => methods))].sort()
    },
  }
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*'
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('/')}$`)
}
