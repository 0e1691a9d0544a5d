import { pino } from 'pino'
import { type ApiDependencies, buildApp } from '../../src/api/index.ts'

/** One call of the API: `GET` and `/v1/recordings/:id`. */
export interface Route {
  readonly method: string
  readonly path: string
}

export interface AppRoutes {
  /** What the OpenAPI document describes, in its order. */
  readonly described: readonly Route[]
  /** True when the application serves this path at all, described or not; `:name` stands for a parameter. */
  serves(path: string): boolean
}

/** The routes of the real application, which is built, asked and closed; no use case is called. */
export async function readAppRoutes(): Promise<AppRoutes> {
  await using app = await buildApp(dependencies())
  const { paths = {} } = app.swagger() as { readonly paths?: Readonly<Record<string, object>> }
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: fromOpenApi(path) })),
  )
  const hidden = ['/docs', '/docs/json', '/docs/errors', '/'].filter((url) => app.hasRoute({ method: 'GET', url }))
  return { described, serves: (path) => hidden.includes(path) || described.some((route) => route.path === path) }
}

function fromOpenApi(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1').replace(/\{\*\}/g, '*')
}

/** Use cases that are there and do nothing: a route calls them only when it is called itself. */
function dependencies(): ApiDependencies {
  const idle = new Proxy({}, { get: () => async () => undefined })
  const useCases = { recordings: idle, schedules: idle, highlights: idle, events: idle, idempotency: idle }
  const service = { hub: idle, store: idle, health: idle, metrics: idle, logger: pino({ level: 'silent' }) }
  const settings = { apiKeys: [], consoleDir: undefined, version: '0', publicUrl: null }
  return { ...useCases, ...service, ...settings } as unknown as ApiDependencies
}
