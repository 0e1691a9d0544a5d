import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Event } from '../protocol/index.ts'
import { repeat } from '../timing/index.ts'

/** How often an idle stream sends a comment, so that no proxy takes it for dead. */
export const HEARTBEAT_MS = 15_000
/** The delay before a client reconnects, as the stream tells it (`retry`). */
const RETRY_MS = 1000

interface StreamOptions {
  readonly signal: AbortSignal
  readonly heartbeatMs: number
  /** The id of the last event before those of the stream. */
  readonly afterId?: number | undefined
}

/**
 * Streams events as server-sent events (WHATWG HTML §9.2) until they end or the signal aborts. Back-pressure: a client that
 * reads slowly holds the feed back; nothing is buffered beyond the socket. `afterId` goes first, so that the client can
 * resume before anything came.
 */
export async function streamEvents(
  response: ServerResponse,
  events: AsyncIterable<Event>,
  { signal, heartbeatMs, afterId }: StreamOptions,
): Promise<void> {
  const sendHeartbeat = (): void => {
    if (!response.writableNeedDrain) response.write(': alive\n\n')
  }
  using _heartbeat = repeat({ everyMs: heartbeatMs, work: sendHeartbeat })
  try {
    response.write(`${afterId === undefined ? '' : `id: ${afterId}\n`}retry: ${RETRY_MS}\n\n`)
    for await (const event of events) {
      if (!response.write(eventText(event))) await once(response, 'drain', { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    response.end()
  }
}

function eventText(event: Event): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}
