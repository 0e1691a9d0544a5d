import { AppError, errorInfo, toAppError } from '../protocol/index.ts'
import type { Delivery, OutboundPolicy, WebhookOutbox } from './ports.ts'
import { postJson } from './post-json.ts'
import { SIGNATURE_HEADER, signBody } from './sign.ts'

/** A receiver that does not answer in this time has failed. */
const DELIVERY_TIMEOUT_MS = 10_000
/** Attempts before an event is given up; with the queue's back-off, which begins anew for each event, they spread over about an hour. */
export const MAX_ATTEMPTS = 10

export interface DeliveryPorts {
  readonly outbox: WebhookOutbox
  readonly outbound: OutboundPolicy
  readonly clock: () => Date
  readonly observe: (outcome: 'delivered' | 'retried' | 'given-up') => void
  /** Queues a job of its own, whose back-off begins anew, for what else is due. Never throws. */
  readonly goOnLater: (recordingId: string, webhook: number) => Promise<void>
  readonly timeoutMs?: number
}

/**
 * Delivers what is due for one webhook, oldest first. Throws `webhook.failed` at the first event that is not accepted,
 * so that the queue tries again later and nothing overtakes it; an event that failed `MAX_ATTEMPTS` times is given up. An attempt
 * that the signal ended is none: the receiver had no say in it. A job that was repeated settles one event and leaves the others to
 * a new one: the queue's back-off has grown with its repetitions, and the next event has no part in them.
 */
export async function deliverDue(
  ports: DeliveryPorts,
  {
    recordingId,
    webhook,
    retryCount,
    signal,
  }: {
    readonly recordingId: string
    readonly webhook: number
    /** How often the job was repeated. */
    readonly retryCount: number
    readonly signal: AbortSignal
  },
): Promise<void> {
  const { outbox, clock, observe, goOnLater } = ports
  for (let due = await outbox.next(recordingId, webhook); due; due = await outbox.next(recordingId, webhook)) {
    signal.throwIfAborted()
    const attempts = due.attempts + 1
    try {
      await post(due, ports, signal)
    } catch (thrown) {
      signal.throwIfAborted()
      const error = toAppError(thrown, 'webhook.failed')
      if (attempts < MAX_ATTEMPTS) {
        await outbox.retryLater(due.id, attempts, errorInfo(error))
        observe('retried')
        throw error
      }
      await outbox.giveUp(due.id, attempts, errorInfo(error), clock())
      observe('given-up')
      return await goOnLater(recordingId, webhook)
    }
    await outbox.delivered(due.id, attempts, clock())
    observe('delivered')
    if (retryCount > 0) return await goOnLater(recordingId, webhook)
  }
}

async function post(
  due: Delivery,
  { outbound, clock, timeoutMs = DELIVERY_TIMEOUT_MS }: DeliveryPorts,
  signal: AbortSignal,
): Promise<void> {
  const url = await outbound.check(due.target.url, { protocols: ['http:', 'https:'] })
  const body = JSON.stringify(due.event)
  const status = await postJson(url, {
    headers: { 'user-agent': 'Panorec', [SIGNATURE_HEADER]: signBody(body, due.target.secret, clock()) },
    body,
    lookup: outbound.lookup,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  }).catch((cause: unknown) => {
    if (cause instanceof AppError) throw cause
    throw new AppError('webhook.failed', 'The webhook could not be called.', { cause })
  })
  if (status >= 200 && status < 300) return
  throw new AppError('webhook.failed', `The webhook answered ${status}; only a 2xx status accepts an event.`, {
    received: status,
    allowed: 'a 2xx status; redirects are not followed',
  })
}
