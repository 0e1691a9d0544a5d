import { expect, test } from 'vitest'
import { createOutboundPolicy } from '../../src/outbound/index.ts'
import { AppError, type ErrorInfo, type Event } from '../../src/protocol/index.ts'
import {
  type Delivery,
  deliverDue,
  MAX_ATTEMPTS,
  verifySignature,
  type WebhookOutbox,
} from '../../src/webhooks/index.ts'
import { startReceiver } from './receiver.ts'

const secret = 'a-secret-of-16-or-more'
const now = new Date('2026-11-21T09:00:00.000Z')
const JOB = { recordingId: 'rec_a', webhook: 0, retryCount: 0, signal: new AbortController().signal }
const anywhere = createOutboundPolicy({ allowPrivateHosts: ['*'] })

/** An outbox in memory: the database's own is tested with the database. */
function outboxOf(url: string, count: number) {
  const event = (id: number) =>
    ({ id, type: 'source.removed', sourceId: `s${id}`, at: now.toISOString(), recordingId: 'rec_a' }) as Event
  const waiting: Delivery[] = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    event: event(index + 1),
    attempts: 0,
    target: { url, secret },
  }))
  const log: string[] = []
  const errors: ErrorInfo[] = []
  const settle = (word: string) => async (id: number, attempts: number) => {
    log.push(`${word} ${id} after ${attempts}`)
    waiting.shift()
  }
  const outbox: WebhookOutbox = {
    next: async () => waiting[0],
    delivered: settle('delivered'),
    giveUp: settle('gave up'),
    async retryLater(id, attempts, error) {
      log.push(`failed ${id} at ${attempts}`)
      errors.push(error)
      waiting[0] = { ...(waiting[0] as Delivery), attempts }
    },
    due: async () => [],
  }
  return { outbox, log, errors }
}

const portsOf = (outbox: WebhookOutbox, more = {}) => ({
  outbox,
  outbound: anywhere,
  clock: () => now,
  observe: () => {},
  goOnLater: async () => {},
  ...more,
})

test('delivers everything that is due, in order and signed', async () => {
  await using receiver = await startReceiver(() => ({ status: 204 }))
  const { outbox, log } = outboxOf(receiver.url, 3)
  await deliverDue(portsOf(outbox), JOB)
  expect(log).toEqual(['delivered 1 after 1', 'delivered 2 after 1', 'delivered 3 after 1'])
  for (const [index, { headers, body }] of receiver.received.entries()) {
    expect(JSON.parse(body).id).toBe(index + 1)
    expect(headers['content-type']).toBe('application/json')
    expect(verifySignature(String(headers['panorec-signature']), { body, secret, now })).toBe(true)
  }
})

test('nothing overtakes an event that is not accepted', async () => {
  await using receiver = await startReceiver((index) => ({ status: index < 2 ? 500 : 200 }))
  const { outbox, log } = outboxOf(receiver.url, 2)
  for (let run = 0; run < 2; run += 1)
    await expect(deliverDue(portsOf(outbox), JOB)).rejects.toMatchObject({ code: 'webhook.failed', received: 500 })
  await deliverDue(portsOf(outbox), JOB)
  expect(log).toEqual(['failed 1 at 1', 'failed 1 at 2', 'delivered 1 after 3', 'delivered 2 after 1'])
})

test('an event that is never accepted is given up, and the next one has its turn', async () => {
  await using receiver = await startReceiver((index) => ({ status: index < MAX_ATTEMPTS ? 410 : 200 }))
  const { outbox, log } = outboxOf(receiver.url, 2)
  for (let run = 1; run < MAX_ATTEMPTS; run += 1) await expect(deliverDue(portsOf(outbox), JOB)).rejects.toThrow()
  const later: string[] = []
  const goOnLater = async (recordingId: string, webhook: number) => void later.push(`${recordingId}/${webhook}`)
  await deliverDue(portsOf(outbox, { goOnLater }), { ...JOB, retryCount: MAX_ATTEMPTS - 1 })
  expect([log.at(-1), later]).toEqual([`gave up 1 after ${MAX_ATTEMPTS}`, ['rec_a/0']])
  await deliverDue(portsOf(outbox, { goOnLater }), JOB)
  expect([log.at(-1), later.length]).toEqual(['delivered 2 after 1', 1])
})

test('a job that was repeated leaves the next event to a new one, whose back-off begins anew', async () => {
  await using receiver = await startReceiver((index) => ({ status: index < 1 ? 500 : 200 }))
  const { outbox, log } = outboxOf(receiver.url, 3)
  const later: string[] = []
  const ports = portsOf(outbox, { goOnLater: async (recordingId: string) => void later.push(recordingId) })
  await expect(deliverDue(ports, JOB)).rejects.toThrow()
  await deliverDue(ports, { ...JOB, retryCount: 1 })
  expect([log, later.length]).toEqual([['failed 1 at 1', 'delivered 1 after 2'], 1])
  await deliverDue(ports, JOB)
  expect([log.length, later.length]).toEqual([4, 1])
})

test('a name that leads elsewhere once it was checked is not connected to', async () => {
  await using receiver = await startReceiver(() => ({ status: 200 }))
  const answers = [['203.0.114.7'], ['127.0.0.1']]
  const outbound = createOutboundPolicy({ allowPrivateHosts: [], resolve: async () => answers.shift() ?? [] })
  const { outbox, log, errors } = outboxOf(receiver.url.replace('127.0.0.1', 'rebound.example'), 1)
  await expect(deliverDue(portsOf(outbox, { outbound }), JOB)).rejects.toMatchObject({ code: 'url.private-address' })
  expect([answers, log, errors[0]?.code]).toEqual([[], ['failed 1 at 1'], 'url.private-address'])
  expect(receiver.received).toEqual([])
})

test('a name that is allowed, or public, is connected to by the address that was judged', async () => {
  await using receiver = await startReceiver(() => ({ status: 200 }))
  const resolve = async () => ['127.0.0.1']
  const outbound = createOutboundPolicy({ allowPrivateHosts: ['hooks.example'], resolve })
  const { outbox, log } = outboxOf(receiver.url.replace('127.0.0.1', 'hooks.example.'), 1)
  await deliverDue(portsOf(outbox, { outbound }), JOB)
  expect(log).toEqual(['delivered 1 after 1'])
})

test('a redirect is not followed', async () => {
  await using target = await startReceiver(() => ({ status: 200 }))
  await using receiver = await startReceiver(() => ({ status: 307, location: target.url }))
  await expect(deliverDue(portsOf(outboxOf(receiver.url, 1).outbox), JOB)).rejects.toMatchObject({
    code: 'webhook.failed',
  })
  expect(target.received).toEqual([])
})

test('a receiver that does not answer has failed', async () => {
  await using receiver = await startReceiver(() => undefined)
  const { outbox, errors } = outboxOf(receiver.url, 1)
  await expect(deliverDue(portsOf(outbox, { timeoutMs: 100 }), JOB)).rejects.toMatchObject({ code: 'webhook.failed' })
  expect(errors[0]?.code).toBe('webhook.failed')
})

test('an attempt that the stop of the service ends does not count', async () => {
  const stop = new AbortController()
  const reason = new AppError('service.stopping', 'The service is stopping.')
  await using receiver = await startReceiver(() => void stop.abort(reason))
  const { outbox, log } = outboxOf(receiver.url, 1)
  await expect(deliverDue(portsOf(outbox), { ...JOB, signal: stop.signal })).rejects.toBe(reason)
  expect(receiver.received).toHaveLength(1)
  expect(log).toEqual([])
})

test('a private address is refused at delivery too, and nothing is sent', async () => {
  await using receiver = await startReceiver(() => ({ status: 200 }))
  const { outbox } = outboxOf(receiver.url, 1)
  const outbound = createOutboundPolicy({ allowPrivateHosts: [] })
  await expect(deliverDue(portsOf(outbox, { outbound }), JOB)).rejects.toMatchObject({ code: 'url.private-address' })
  expect(receiver.received).toEqual([])
})

test('no secret is in what is remembered of a failure', async () => {
  const { outbox, errors } = outboxOf('http://127.0.0.1:9/?key=hidden-word', 1)
  await expect(deliverDue(portsOf(outbox), JOB)).rejects.toThrow()
  expect(JSON.stringify(errors)).not.toMatch(/hidden-word|a-secret/)
})
