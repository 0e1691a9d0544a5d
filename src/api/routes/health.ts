import Type from 'typebox'
import type { ApiDependencies } from '../dependencies.ts'
import type { Scope } from '../route-options.ts'

type HealthOptions = { readonly deps: Pick<ApiDependencies, 'health' | 'version'> }

const HealthSchema = Type.Object({ status: Type.Literal('ok'), version: Type.String() }, { $id: 'Health' })
const ReadinessSchema = Type.Object(
  {
    ready: Type.Boolean(),
    checks: Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean(), message: Type.Optional(Type.String()) })),
  },
  { $id: 'Readiness' },
)
const tags = ['service']

const config = { access: 'open' as const }

/** `/healthz`: the process answers. `/readyz`: everything that it needs answers too. */
export function healthRoutes(app: Scope, options: HealthOptions): void {
  aliveRoute(app, options)
  readyRoute(app, options)
}

function aliveRoute(app: Scope, { deps: { version } }: HealthOptions): void {
  app.get(
    '/healthz',
    { config, schema: { tags, summary: 'Is the process alive', security: [], response: { 200: HealthSchema } } },
    async () => ({ status: 'ok' as const, version }),
  )
}

function readyRoute(app: Scope, { deps: { health } }: HealthOptions): void {
  app.get(
    '/readyz',
    {
      config,
      schema: {
        tags,
        summary: 'Can it record',
        security: [],
        response: { 200: ReadinessSchema, 503: ReadinessSchema },
      },
    },
    async (_request, reply) => {
      const checks = (await health.ready()).map((check) => ({ ...check }))
      const ready = checks.every((check) => check.ok)
      return reply.code(ready ? 200 : 503).send({ ready, checks })
    },
  )
}
