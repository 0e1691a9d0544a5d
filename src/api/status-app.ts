import type { FastifyInstance } from 'fastify'
import { letIdleConnectionsGo } from './connections.ts'
import { createCredentials } from './credentials.ts'
import type { ApiDependencies } from './dependencies.ts'
import { createGuardedApp, serveRoutes } from './guarded-app.ts'
import { healthRoutes } from './routes/health.ts'
import { metricsRoutes } from './routes/metrics.ts'

type StatusDependencies = Pick<ApiDependencies, 'health' | 'metrics' | 'version' | 'apiKeys' | 'logger'>

/** Serves `/healthz`, `/readyz` and `/metrics` alone, guarded as in the whole application: for a process without the API. */
export async function buildStatusApp(deps: StatusDependencies): Promise<FastifyInstance> {
  const app = createGuardedApp(deps, createCredentials(deps.apiKeys, Date.now))
  letIdleConnectionsGo(app)
  await serveRoutes(app, [healthRoutes, metricsRoutes], { deps })
  return app
}
