import { expect, test } from 'vitest'
import { signBody, verifySignature } from '../../src/webhooks/index.ts'

const secret = 'a-secret-of-16-or-more'
const body = '{"type":"recording.state"}'
const now = new Date('2026-11-21T09:00:00.000Z')
const header = signBody(body, secret, now)

test('a signature is the HMAC-SHA256 of time and body', () => {
  // Made with: printf '1795251600.{"type":"recording.state"}' | openssl dgst -sha256 -hmac 'a-secret-of-16-or-more'
  expect(header).toBe(`t=1795251600,v1=${OPENSSL}`)
})

const OPENSSL = '33c19e5321587f0ef89a6ca61940b5c3b8a85cd3d5e55bc739c7ee0d5f36d201'

test('the receiver can verify it', () => {
  expect(verifySignature(header, { body, secret, now })).toBe(true)
})

test.each([
  ['another body', { body: `${body} `, secret, now }],
  ['another secret', { body, secret: `${secret}!`, now }],
  ['a replay after five minutes', { body, secret, now: new Date(now.getTime() + 301_000) }],
  ['a signature from the future', { body, secret, now: new Date(now.getTime() - 301_000) }],
])('%s is refused', (_name, options) => {
  expect(verifySignature(header, options)).toBe(false)
})

test.each(['', 't=1', `v1=${'0'.repeat(64)}`, header.replace('v1', 'v2'), `${header}0`, header.replace('t=', 't=-')])(
  '%j is no signature',
  (text) => {
    expect(verifySignature(text, { body, secret, now })).toBe(false)
  },
)
