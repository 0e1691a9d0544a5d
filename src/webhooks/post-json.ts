import { once } from 'node:events'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'

interface Post {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Decides for each connection which address the host has. */
  readonly lookup: LookupFunction
  readonly signal: AbortSignal
}

/**
 * Posts and resolves with the status of the answer, whose body is thrown away. Redirects are not followed, and no connection is
 * used twice. Errors: those of the connection and of the lookup, and the reason of the signal.
 */
export async function postJson(url: URL, { headers, body, lookup, signal }: Post): Promise<number> {
  signal.throwIfAborted()
  const start = url.protocol === 'https:' ? requestHttps : requestHttp
  const request = start(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
    agent: false,
    lookup,
    signal,
  })
  const answered = once(request, 'response')
  request.end(body)
  try {
    const [response] = await answered
    return response.statusCode
  } finally {
    // What is left of the connection and of the answer is of no interest, and nobody may listen to its error any more.
    request.on('error', () => {}).destroy()
  }
}
