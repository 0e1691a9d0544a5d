import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import type { IdempotencyKeys } from '../../src/recording/recordings.ts'

const HOUR_MS = 3600 * 1000
const RACERS = 10

/** The conformance suite of idempotency keys: what the API relies on, over every driver and over the fake. */
export function testIdempotencyKeys(open: (clock: () => Date) => IdempotencyKeys): void {
  let now = new Date('2026-11-21T09:00:00.000Z')
  const keys = () => open(() => now)

  test('give the first answer to every repetition', async () => {
    const key = { caller: 'c0ffee', key: ulid() }
    expect(await keys().claim(key, 'print')).toEqual({ kind: 'first', since: now })
    await keys().complete(key, 201, { id: 'rec_1' })
    expect(await keys().claim(key, 'print')).toEqual({ kind: 'replay', status: 201, body: { id: 'rec_1' } })
  })

  test('refuse a repetition while the first one runs', async () => {
    const key = { caller: 'c0ffee', key: ulid() }
    await keys().claim(key, 'print')
    await expect(keys().claim(key, 'print')).rejects.toMatchObject({ code: 'idempotency.in-progress', retryable: true })
  })

  test('refuse another request', async () => {
    const key = { caller: 'c0ffee', key: ulid() }
    await keys().claim(key, 'print')
    await expect(keys().claim(key, 'other')).rejects.toMatchObject({ code: 'idempotency.conflict' })
  })

  test('are free again once released', async () => {
    const key = { caller: 'c0ffee', key: ulid() }
    await keys().claim(key, 'print')
    await keys().release(key)
    expect(await keys().claim(key, 'other')).toEqual({ kind: 'first', since: now })
  })

  test('are of one caller', async () => {
    const key = ulid()
    const [one, other] = [
      { caller: 'one', key },
      { caller: 'other', key },
    ]
    await keys().claim(one, 'print')
    expect(await keys().claim(other, 'print')).toEqual({ kind: 'first', since: now })
    await keys().complete(one, 201, {})
    await expect(keys().claim(other, 'print')).rejects.toMatchObject({ code: 'idempotency.in-progress' })
  })

  test('once released are not running, whoever claims them next, and keep the time of the first claim', async () => {
    const key = { caller: '', key: ulid() }
    const since = now
    await keys().claim(key, 'print')
    await keys().release(key)
    now = new Date(now.getTime() + 2 * HOUR_MS)
    expect(await keys().claim(key, 'print')).toEqual({ kind: 'first', since })
    await expect(keys().claim(key, 'print')).rejects.toMatchObject({ code: 'idempotency.in-progress' })
    await keys().release(key)
    expect(await keys().claim(key, 'other')).toEqual({ kind: 'first', since: now })
  })

  test('let exactly one of many at once be the first', async () => {
    const key = { caller: 'c0ffee', key: ulid() }
    const claims = await Promise.allSettled(Array.from({ length: RACERS }, () => keys().claim(key, 'print')))
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('are forgotten after 24 hours', async () => {
    const key = { caller: 'c0ffee', key: ulid() }
    await keys().claim(key, 'print')
    await keys().complete(key, 201, {})
    now = new Date(now.getTime() + 24 * HOUR_MS + 1)
    expect(await keys().claim(key, 'other')).toEqual({ kind: 'first', since: now })
  })

  test('of a service that died before it answered may be claimed after a minute, for the same request', async () => {
    const key = { caller: 'c0ffee', key: ulid() }
    const since = now
    await keys().claim(key, 'print')
    now = new Date(now.getTime() + 61_000)
    await expect(keys().claim(key, 'other')).rejects.toMatchObject({ code: 'idempotency.conflict' })
    expect(await keys().claim(key, 'print')).toEqual({ kind: 'first', since })
    await expect(keys().claim(key, 'print')).rejects.toMatchObject({ code: 'idempotency.in-progress' })
  })
}
