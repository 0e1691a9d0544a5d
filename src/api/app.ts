import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { useAccess } from './access.ts'
import { letIdleConnectionsGo } from './connections.ts'
import { createCredentials } from './credentials.ts'
import type { ApiDependencies } from './dependencies.ts'
import { useOpenApi } from './openapi.ts'
import { answerProblem, pathOf, useProblems } from './problems.ts'
import type { RouteOptions } from './route-options.ts'
import { watchRoutes } from './route-table.ts'
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
import { useSecurityHeaders } from './security-headers.ts'
import { traceIdOf } from './trace-id.ts'
import { useUpgrades } from './upgrade.ts'
import { useSchemas } from './validation.ts'

/**
 * Builds the whole application, not yet listening: a test calls it with `inject`, the service with `listen`. Its `close` ends
 * the event streams and the hub's connections first, then waits for the requests that are under way.
 */
export async function buildApp(deps: ApiDependencies): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: deps.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    genReqId: traceIdOf,
    frameworkErrors: answerProblem,
    routerOptions: { maxParamLength: 500 },
  })
  const clock = deps.clock ?? Date.now
  const credentials = createCredentials(deps.apiKeys, clock)
  const options: RouteOptions = { deps, clock, credentials }
  useProblems(app, watchRoutes(app))
  useSchemas(app)
  useSecurityHeaders(app)
  useAccess(app, { keyed: deps.apiKeys.length > 0, credentials })
  observeRequests(app, deps)
  useUpgrades(app, deps)
  letIdleConnectionsGo(app)
  await useOpenApi(app, deps.version)
  for (const routes of [
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
  ]) {
    await app.register(async (scope) => routes(scope.withTypeProvider<TypeBoxTypeProvider>(), options))
  }
  await app.ready()
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
