import type { LookupFunction } from 'node:net'
import type { ErrorInfo, Event } from '../protocol/index.ts'

/** One event on its way to one webhook. `target` holds the secret. */
export interface Delivery {
  readonly id: number
  readonly event: Event
  /** Attempts made so far. */
  readonly attempts: number
  readonly target: { readonly url: string; readonly secret: string }
}

/** The events that are still to be delivered, for each webhook of a recording in their order. */
export interface WebhookOutbox {
  /** The oldest delivery of this webhook that is neither delivered nor given up. */
  next(recordingId: string, webhook: number): Promise<Delivery | undefined>
  delivered(id: number, attempts: number, at: Date): Promise<void>
  retryLater(id: number, attempts: number, error: ErrorInfo): Promise<void>
  giveUp(id: number, attempts: number, error: ErrorInfo, at: Date): Promise<void>
  /** Every webhook with something to deliver. */
  due(): Promise<readonly { readonly recordingId: string; readonly webhook: number }[]>
}

/** Refuses URLs that the service may not call, and addresses that it may not connect to. */
export interface OutboundPolicy {
  check(url: string, options: { readonly protocols: readonly string[] }): Promise<URL>
  readonly lookup: LookupFunction
}
