import { expect, test } from 'vitest'
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
    'DELETE /v1/recordings/{id}/sources/{sourceId}',
    'DELETE /v1/session',
    'GET /healthz',
    'GET /media/{*}',
    'GET /metrics',
    'GET /readyz',
    'GET /v1/events',
    'GET /v1/recordings',
    'GET /v1/recordings/{id}',
    'GET /v1/rooms/{room}/signals',
    'HEAD /media/{*}',
    'PATCH /v1/recordings/{id}/sources/{sourceId}',
    'POST /v1/recordings',
    'POST /v1/recordings/{id}/signals',
    'POST /v1/recordings/{id}/sources',
    'POST /v1/recordings/{id}/stop',
    'POST /v1/rooms/{room}/tokens',
    'POST /v1/session',
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
