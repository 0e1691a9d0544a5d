import { expect, test } from 'vitest'
import { toDatabaseError } from '../../src/db/database-error.ts'
import { DrizzleQueryError } from '../../src/db/drizzle.ts'

const coded = (code: string) => Object.assign(new Error('it failed'), { code })

test.each([
  ['a cut connection', 'EPIPE'],
  ['a reset connection', 'ECONNRESET'],
  ['a refused connection', 'ECONNREFUSED'],
  ['a connection that the server ended', '08006'],
  ['a server that shuts down', '57P01'],
  ['a statement that took too long', '57014'],
  ['a transaction that stood still', '25P03'],
  ['a transaction that took too long', '25P04'],
  ['a deadlock', '40P01'],
  ['a full disk', '53100'],
])('%s (%s) is worth another try', (_what, code) => {
  for (const error of [coded(code), new DrizzleQueryError('select 1', [], coded(code))]) {
    expect(toDatabaseError(error)).toMatchObject({ code: 'database.unavailable', retryable: true })
  }
})

test.each([
  ['a duplicate key', '23505'],
  ['a failed transaction', '25P02'],
  ['a syntax error', '42601'],
])('%s (%s) is not', (_what, code) => {
  const error = toDatabaseError(new DrizzleQueryError('select 1', ['a secret'], coded(code)))
  expect(error).toMatchObject({ code: 'internal', retryable: false, details: { sqlState: code } })
  expect(error.message).not.toContain('secret')
})
