import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { AppError, type Event, type EventType } from '../protocol/index.ts'
import { BackOff, RETRY_POLICIES } from '../timing/index.ts'
import type { Http } from './http.ts'

export interface EventsOptions {
  /** Only what came after this event; without it only what is new. */
  readonly afterId?: number
  readonly recordingId?: string
  readonly types?: readonly EventType[]
  readonly signal?: AbortSignal
}

/**
 * Yields events until the signal aborts, and none twice. A stream that breaks is resumed after the last event, with
 * back-off while the service is away. Errors: what the service refuses for good, as an `AppError`.
 */
export async function* followEvents(http: Http, options: EventsOptions = {}): AsyncGenerator<Event, void, undefined> {
  const { signal } = options
  let afterId = options.afterId
  const backOff = new BackOff(RETRY_POLICIES.eventStream)
  const onId = (id: string): void => {
    if (id !== '') afterId = Number(id)
  }
  while (!signal?.aborted) {
    try {
      const response = await openStream(http, { ...options, ...(afterId !== undefined && { afterId }) })
      for await (const { data } of readMessages(response, onId)) {
        backOff.reset()
        yield JSON.parse(data) as Event
      }
    } catch (error) {
      if (signal?.aborted) return
      if (error instanceof AppError && !error.retryable) throw error
    }
    await backOff.wait(signal)
  }
}

function openStream(http: Http, { recordingId, types, afterId, signal }: EventsOptions): Promise<Response> {
  return http.send({
    method: 'GET',
    path: '/v1/events',
    query: { recording: recordingId, type: types },
    headers: { accept: 'text/event-stream', ...(afterId !== undefined && { 'last-event-id': String(afterId) }) },
    ...(signal && { signal }),
  })
}

/**
 * Yields the messages of a stream of server-sent events (WHATWG HTML §9.2.6). Leaving the loop closes the connection.
 * `onId` gets each id before its message is yielded, also the id of a block without data, which is no message.
 */
async function* readMessages(response: Response, onId: (id: string) => void): AsyncGenerator<EventSourceMessage> {
  if (!response.body) return
  const messages: EventSourceMessage[] = []
  const parser = createParser({ onId, onEvent: (message) => void messages.push(message) })
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      parser.feed(decoder.decode(value, { stream: true }))
      yield* messages.splice(0)
    }
  } finally {
    // A connection that broke cannot be cancelled any more, and need not be.
    await reader.cancel().catch(() => undefined)
  }
}
