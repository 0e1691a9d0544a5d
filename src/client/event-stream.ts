import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { AppError, type Event, type EventType } from '../protocol/index.ts'
import { after, BackOff, RETRY_POLICIES } from '../timing/index.ts'
import type { Http } from './http.ts'

export interface EventsOptions {
  /** Only what came after this event; without it only what is new. */
  readonly afterId?: number
  readonly recordingId?: string
  readonly types?: readonly EventType[]
  readonly signal?: AbortSignal
}

/**
 * A stream without a byte for so long is dead, though nobody said so: a device slept, or lost its network. Two and a half
 * heartbeats of the service, which come every 15 s.
 */
const SILENCE_MS = 40_000

/**
 * Yields events until the signal aborts, and none twice. A stream that breaks or falls silent is resumed after the last event,
 * with back-off while the service is away. Errors: what the service refuses for good, as an `AppError`.
 */
export async function* followEvents(http: Http, options: EventsOptions = {}): AsyncGenerator<Event, void, undefined> {
  const { signal } = options
  let afterId = options.afterId
  const backOff = new BackOff(RETRY_POLICIES.eventStream)
  const onId = (id: string): void => {
    if (id !== '') afterId = Number(id)
  }
  while (!signal?.aborted) {
    const silence = new SilenceLimit(signal)
    try {
      const asked = { ...options, signal: silence.signal, ...(afterId !== undefined && { afterId }) }
      const response = await openStream(http, asked)
      for await (const { data } of readMessages(response, { onId, silence })) {
        backOff.reset()
        yield JSON.parse(data) as Event
      }
    } catch (error) {
      if (signal?.aborted) return
      if (error instanceof AppError && !error.retryable) throw error
    } finally {
      silence[Symbol.dispose]()
    }
    await backOff.wait(signal)
  }
}

/** Aborts its signal when another one does, and when it was not stopped within `SILENCE_MS` of its start. */
class SilenceLimit implements Disposable {
  readonly #controller = new AbortController()
  readonly #outer: AbortSignal | undefined
  readonly #forward = (): void => this.#controller.abort(this.#outer?.reason)
  #timer: Disposable | undefined

  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer
    outer?.addEventListener('abort', this.#forward, { once: true })
    this.start()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  start(): void {
    this.stop()
    this.#timer = after(SILENCE_MS, () => this.#controller.abort(silent()))
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.stop()
    this.#outer?.removeEventListener('abort', this.#forward)
  }
}

function silent(): AppError {
  return new AppError('service.unreachable', `The service sent nothing for ${SILENCE_MS / 1000} s`)
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
 * `onId` gets each id before its message is yielded, also the id of a block without data, which is no message. The time
 * that the reader of the messages takes is no silence.
 */
async function* readMessages(
  response: Response,
  { onId, silence }: { readonly onId: (id: string) => void; readonly silence: SilenceLimit },
): AsyncGenerator<EventSourceMessage> {
  if (!response.body) return
  const messages: EventSourceMessage[] = []
  const parser = createParser({ onId, onEvent: (message) => void messages.push(message) })
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  try {
    for (;;) {
      silence.start()
      const { done, value } = await reader.read()
      silence.stop()
      if (done) return
      parser.feed(decoder.decode(value, { stream: true }))
      yield* messages.splice(0)
    }
  } finally {
    // A connection that broke cannot be cancelled any more, and need not be.
    await reader.cancel().catch(() => undefined)
  }
}
