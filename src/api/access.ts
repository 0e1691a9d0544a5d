import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Credentials } from './credentials.ts'
import { requireLoopback } from './loopback.ts'

/** Who may call a route. `key` (the default): bearers of a key; `media`: also those of a session; `open`: everybody. */
type Access = 'key' | 'media' | 'open'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
}

/** Guards every route. A route that says nothing about its access needs a key. */
export function useAccess(
  app: FastifyInstance,
  options: { readonly keyed: boolean; readonly credentials: Credentials },
): void {
  app.addHook('onRequest', async (request) => {
    const access = accessOf(request)
    if (!options.keyed) requireLoopback(request.headers, { anyOrigin: access === 'media' })
    else if (access === 'key') options.credentials.requireKey(request.headers)
    else if (access === 'media' && request.method !== 'OPTIONS')
      options.credentials.requireKeyOrSession(request.headers)
  })
}

/** Opens every route of a plugin that brings its own routes. */
export function openAll(scope: FastifyInstance): void {
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, access: 'open' }
  })
}

function accessOf(request: FastifyRequest): Access {
  // A path without a route has nothing to guard; its answer is the same for everyone.
  return request.is404 ? 'open' : (request.routeOptions.config.access ?? 'key')
}
