import swaggerUi from '@fastify/swagger-ui'
import { ERRORS } from '../../protocol/index.ts'
import { openAll } from '../access.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

/** The reference page draws with inline styles and asks nobody but this service. */
const REFERENCE_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; " +
  "base-uri 'none'; frame-ancestors 'none'"

/** `/docs`: the API reference, its OpenAPI document at `/docs/json`, and every error code at `/docs/errors`. */
export async function docsRoutes(app: Scope, _options: RouteOptions): Promise<void> {
  openAll(app)
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: REFERENCE_POLICY, uiConfig: { validatorUrl: null } })
  const page = errorsPage()
  app.get('/docs/errors', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
      .send(page),
  )
}

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, fault, retryable, title }]) =>
      `<tr id="${code}"><td><code>${code}</code><td>${status}<td>${title}<td>${fault}<td>${retryable ? 'yes' : 'no'}`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Panorec: error codes</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse}td,th{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #ddd}
tr:target{background:#fff3c4}</style>
<h1>Error codes</h1><p>Every error is a problem document (RFC 9457) with one of these codes. “Retry” means that the same
call may succeed later without a change.</p>
<table><tr><th>code<th>status<th>title<th>whose fault<th>retry${rows.join('\n')}</table></html>`
}
