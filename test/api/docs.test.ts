import type { TSchema } from 'typebox'
import { Errors } from 'typebox/value'
import { expect, test } from 'vitest'
import { EXAMPLES } from '../../src/api/examples.ts'
import * as protocol from '../../src/protocol/index.ts'
import { ERRORS } from '../../src/protocol/index.ts'
import { openApp } from './open-app.ts'

test('the OpenAPI document names every call, and every reference in it leads somewhere', async () => {
  await using api = await openApp()
  const document = (await api.app.inject('/docs/json')).json()
  expect(document.openapi).toBe('3.1.0')
  const calls = Object.entries<object>(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(calls.sort()).toEqual([
    'DELETE /v1/highlights/{id}',
    'DELETE /v1/highlights/{id}/favourite',
    'DELETE /v1/highlights/{id}/shares/{shareId}',
    'DELETE /v1/recaps/{id}',
    'DELETE /v1/recordings/{id}',
    'DELETE /v1/recordings/{id}/sources/{sourceId}',
    'DELETE /v1/schedules/{id}',
    'DELETE /v1/session',
    'GET /healthz',
    'GET /media/{*}',
    'GET /metrics',
    'GET /readyz',
    'GET /s/{token}',
    'GET /s/{token}/{file}',
    'GET /v1/events',
    'GET /v1/highlights',
    'GET /v1/highlights/{id}',
    'GET /v1/highlights/{id}/shares',
    'GET /v1/recaps/{id}',
    'GET /v1/recordings',
    'GET /v1/recordings/{id}',
    'GET /v1/recordings/{id}/highlights',
    'GET /v1/recordings/{id}/recaps',
    'GET /v1/rooms/{room}/signals',
    'GET /v1/schedules',
    'HEAD /media/{*}',
    'HEAD /s/{token}/{file}',
    'PATCH /v1/highlights/{id}',
    'PATCH /v1/recordings/{id}/sources/{sourceId}',
    'POST /v1/highlights/{id}/share',
    'POST /v1/recordings',
    'POST /v1/recordings/{id}/highlights',
    'POST /v1/recordings/{id}/pause',
    'POST /v1/recordings/{id}/recap',
    'POST /v1/recordings/{id}/resume',
    'POST /v1/recordings/{id}/signals',
    'POST /v1/recordings/{id}/sources',
    'POST /v1/recordings/{id}/stop',
    'POST /v1/rooms/{room}/tokens',
    'POST /v1/schedules',
    'POST /v1/session',
    'PUT /v1/highlights/{id}/favourite',
    'PUT /v1/recordings/{id}/layout',
  ])
  const text = JSON.stringify(document)
  const references = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => String(name))
  expect(Object.keys(document.components.schemas).sort()).toEqual([...new Set(references)].sort())
  expect(references).toContain('RecordingSpec')
  expect(text).not.toContain('"$id"')
})

test('the reference page and the list of errors are served', async () => {
  await using api = await openApp()
  const page = await api.app.inject('/docs/')
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.headers['content-security-policy']).toContain("default-src 'self'; img-src 'self' data:")
  const errors = await api.app.inject('/docs/errors')
  for (const code of Object.keys(ERRORS)) expect(errors.payload).toContain(`id="${code}"`)
})

const SCHEMAS = Object.values<unknown>(protocol).map((value) => value as TSchema & { readonly $id?: string })
test.each(Object.entries(EXAMPLES))(
  'the example of %s matches its schema, and the reference shows it',
  async (name, example) => {
    const schema = SCHEMAS.find((each) => each?.$id === name)
    expect(Errors(schema as TSchema, example)).toEqual([])
    await using api = await openApp()
    const { components } = (await api.app.inject('/docs/json')).json()
    expect(components.schemas[name].examples).toEqual([example])
  },
)
