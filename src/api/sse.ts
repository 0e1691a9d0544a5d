import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Event } from '../protocol/index.ts'

/** Idle streams say so this often, so that no proxy takes them for dead. */
export const HEARTBEAT_MS = 15_000
/** What a client shall wait before it reconnects. */
const RETRY_MS = 1000

export interface StreamOptions {
  readonly signal: AbortSignal
  readonly heartbeatMs: number
  /** The id that the events come after. */
  readonly afterId?: number | undefined
}

/**
 * Streams events as server-sent events (WHATWG HTML §9.2) until they end or the signal aborts. A client that reads
 * slowly holds the feed back; nothing is buffered beyond the socket. It is told `afterId` first, so that it can resume
 * before anything came.
 */
export async function streamEvents(
  response: ServerResponse,
  events: AsyncIterable<Event>,
  { signal, heartbeatMs, afterId }: StreamOptions,
): Promise<void> {
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': alive\n\n')
  }, heartbeatMs)
  try {
    response.write(`${afterId === undefined ? '' : `id: ${afterId}\n`}retry: ${RETRY_MS}\n\n`)
    for await (const event of events) {
      if (!response.write(eventText(event))) await once(response, 'drain', { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    clearInterval(heartbeat)
    response.end()
  }
}

function eventText(event: Event): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}
