import Type from 'typebox'
import { ProblemSchema } from '../../protocol/index.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { Scope } from '../route-options.ts'

/** `/metrics`: the figures of the service, for Prometheus. */
export function metricsRoutes(
  app: Scope,
  { deps: { metrics } }: { readonly deps: Pick<ApiDependencies, 'metrics'> },
): void {
  app.get(
    '/metrics',
    {
      schema: {
        tags: ['service'],
        summary: 'Prometheus metrics',
        response: {
          200: { description: 'Prometheus text', content: { 'text/plain': { schema: Type.String() } } },
          default: ProblemSchema,
        },
      },
    },
    async (_request, reply) => {
      const text = await metrics.text()
      return reply.type(metrics.contentType).send(text as never)
    },
  )
}
