import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { useAccess } from './access.ts'
import { letIdleConnectionsGo } from './connections.ts'
import { createCredentials } from './credentials.ts'
import type { ApiDependencies } from './dependencies.ts'
import { answerProblem, useProblems } from './problems.ts'
import { watchRoutes } from './route-table.ts'
import { healthRoutes } from './routes/health.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { useSecurityHeaders } from './security-headers.ts'
import { traceIdOf } from './trace-id.ts'
import { useSchemas } from './validation.ts'

type StatusDependencies = Pick<ApiDependencies, 'health' | 'metrics' | 'version' | 'apiKeys' | 'logger'>

/** Serves `/healthz`, `/readyz` and `/metrics` alone, guarded as in the whole application: for a process without the API. */
export async function buildStatusApp(deps: StatusDependencies): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: deps.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    genReqId: traceIdOf,
    frameworkErrors: answerProblem,
  })
  useProblems(app, watchRoutes(app))
  useSchemas(app)
  useSecurityHeaders(app)
  useAccess(app, { keyed: deps.apiKeys.length > 0, credentials: createCredentials(deps.apiKeys, Date.now) })
  letIdleConnectionsGo(app)
  for (const routes of [healthRoutes, metricsRoutes]) {
    await app.register(async (scope) => routes(scope.withTypeProvider<TypeBoxTypeProvider>(), { deps }))
  }
  await app.ready()
  return app
}
