/** One dispatched event of a stream (HTML Standard §9.2.6). */
export interface ServerSentEvent {
  readonly id: string
  readonly data: string
}

/**
 * Reads a stream of server-sent events (WHATWG HTML §9.2.6). Leaving the loop closes the connection. `onId` hears each
 * id before its event, also the id of a block without data, which is no event.
 */
export async function* readServerSentEvents(
  response: Response,
  onId: (id: string) => void = () => undefined,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  if (!response.body) return
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      text += decoder.decode(value, { stream: true })
      const blocks = text.split(/\r?\n\r?\n/)
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const { id, data } = parseBlock(block)
        if (id !== '') onId(id)
        if (data !== undefined) yield { id, data }
      }
    }
  } finally {
    // A connection that broke cannot be cancelled any more, and need not be.
    await reader.cancel().catch(() => undefined)
  }
}

function parseBlock(block: string): { readonly id: string; readonly data: string | undefined } {
  let id = ''
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    const [, name = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? []
    if (name === 'id') id = value
    if (name === 'data') data.push(value)
  }
  return { id, data: data.length === 0 ? undefined : data.join('\n') }
}
