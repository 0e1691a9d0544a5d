import { AppError, type Event, type EventType } from '../protocol/index.ts'
import type { Http } from './http.ts'
import { readServerSentEvents } from './server-sent-events.ts'

export interface EventsOptions {
  /** Only what came after this event; without it only what is new. */
  readonly afterId?: number
  readonly recordingId?: string
  readonly types?: readonly EventType[]
  readonly signal?: AbortSignal
}

const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 10_000

/**
 * Yields events until the signal aborts, and none twice. A stream that breaks, and a service that is away, are tried
 * again with growing pauses. Errors: what the service refuses for good, as an `AppError`.
 */
export async function* followEvents(http: Http, options: EventsOptions = {}): AsyncGenerator<Event, void, undefined> {
  const { recordingId, types, signal } = options
  let afterId = options.afterId
  let retryMs = FIRST_RETRY_MS
  const resumeAfter = (id: string) => {
    afterId = Number(id)
  }
  while (!signal?.aborted) {
    try {
      const response = await http.send({
        method: 'GET',
        path: '/v1/events',
        query: { recording: recordingId, type: types },
        headers: { accept: 'text/event-stream', ...(afterId !== undefined && { 'last-event-id': String(afterId) }) },
        ...(signal && { signal }),
      })
      for await (const { data } of readServerSentEvents(response, resumeAfter)) {
        retryMs = FIRST_RETRY_MS
        yield JSON.parse(data) as Event
      }
    } catch (error) {
      if (signal?.aborted) return
      if (error instanceof AppError && !error.retryable) throw error
    }
    await pause(retryMs, signal)
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
    if (signal?.aborted) done()
  })
}
