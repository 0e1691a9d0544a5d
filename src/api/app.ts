import type { FastifyInstance } from 'fastify'
import { letIdleConnectionsGo } from './connections.ts'
import { createCredentials } from './credentials.ts'
import type { ApiDependencies } from './dependencies.ts'
import { createGuardedApp, serveRoutes } from './guarded-app.ts'
import { useOpenApi } from './openapi.ts'
import { pathOf } from './problems.ts'
import type { RouteOptions } from './route-options.ts'
import { consoleRoutes } from './routes/console.ts'
import { docsRoutes } from './routes/docs.ts'
import { eventRoutes } from './routes/events.ts'
import { healthRoutes } from './routes/health.ts'
import { highlightRoutes } from './routes/highlights.ts'
import { mediaRoutes } from './routes/media.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { recapRoutes } from './routes/recaps.ts'
import { recordingRoutes } from './routes/recordings.ts'
import { roomRoutes } from './routes/rooms.ts'
import { scheduleRoutes } from './routes/schedules.ts'
import { sessionRoutes } from './routes/session.ts'
import { sharePageRoutes } from './routes/share-page.ts'
import { shareRoutes } from './routes/shares.ts'
import { signalRoutes } from './routes/signals.ts'
import { sourceRoutes } from './routes/sources.ts'
import { useUpgrades } from './upgrade.ts'

/**
 * Builds the whole application, not yet listening: a test calls it with `inject`, the service with `listen`. Its `close` ends
 * the event streams and the hub's connections first, then waits for the requests that are under way.
 */
export async function buildApp(deps: ApiDependencies): Promise<FastifyInstance> {
  const clock = deps.clock ?? Date.now
  const credentials = createCredentials(deps.apiKeys, clock)
  const options: RouteOptions = { deps, clock, credentials }
  const app = createGuardedApp(deps, credentials)
  observeRequests(app, deps)
  useUpgrades(app, deps)
  letIdleConnectionsGo(app)
  await useOpenApi(app, deps.version)
  const groups = [
    recordingRoutes,
    sourceRoutes,
    signalRoutes,
    scheduleRoutes,
    roomRoutes,
    highlightRoutes,
    shareRoutes,
    recapRoutes,
    eventRoutes,
    mediaRoutes,
    sharePageRoutes,
    sessionRoutes,
    healthRoutes,
    metricsRoutes,
    docsRoutes,
    consoleRoutes,
  ]
  await serveRoutes(app, groups, options)
  return app
}

function observeRequests(app: FastifyInstance, { metrics }: ApiDependencies): void {
  app.addHook('onResponse', async (request, reply) => {
    const status = reply.raw.statusCode
    const durationSec = reply.elapsedTime / 1000
    metrics.observeRequest({ method: request.method, route: request.routeOptions.url ?? 'none', status, durationSec })
    request.log.debug({ method: request.method, path: pathOf(request.url), status, durationSec }, 'answered')
  })
}
