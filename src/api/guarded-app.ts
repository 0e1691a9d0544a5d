import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { useAccess } from './access.ts'
import type { Credentials } from './credentials.ts'
import type { ApiDependencies } from './dependencies.ts'
import { answerProblem, useProblems } from './problems.ts'
import { watchRoutes } from './route-table.ts'
import { useSecurityHeaders } from './security-headers.ts'
import { traceIdOf } from './trace-id.ts'
import { useSchemas } from './validation.ts'

/** An application without routes: every route that it is given is guarded, and what fails is answered with a problem document. */
export function createGuardedApp(
  { logger, apiKeys }: Pick<ApiDependencies, 'logger' | 'apiKeys'>,
  credentials: Credentials,
): FastifyInstance {
  const app: FastifyInstance = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    genReqId: traceIdOf,
    frameworkErrors: answerProblem,
    routerOptions: { maxParamLength: 500 },
  })
  useProblems(app, watchRoutes(app))
  useSchemas(app)
  useSecurityHeaders(app)
  useAccess(app, { keyed: apiKeys.length > 0, credentials })
  return app
}

type Routes<O> = (scope: ReturnType<typeof typed>, options: O) => unknown

/** Gives the application each of these groups of routes, and resolves when it can answer. */
export async function serveRoutes<O>(app: FastifyInstance, groups: readonly Routes<O>[], options: O): Promise<void> {
  for (const routes of groups) await app.register(async (scope) => routes(typed(scope), options))
  await app.ready()
}

function typed(scope: FastifyInstance) {
  return scope.withTypeProvider<TypeBoxTypeProvider>()
}
