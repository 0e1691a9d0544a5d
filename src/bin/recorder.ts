import type { RecorderCommand, RecorderEvent, RecorderRequest } from '../protocol/index.ts'
import { runRecorder } from '../recorder/index.ts'
import { createLogger } from '../telemetry/index.ts'

/**
 * The recorder as a child process. The first IPC message is its request, the others are commands; its events go back the
 * same way. SIGTERM, SIGINT and the loss of the parent end the take in order.
 */
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
process.on('disconnect', () => stop.abort())

let lastSent: Promise<void> = Promise.resolve()
const inbox = createInbox()
process.on('message', (message) => inbox.push(message))

const request = (await inbox.first) as RecorderRequest
await runRecorder(request, {
  emit,
  commands: inbox.commands(),
  signal: stop.signal,
  logger: createLogger({ level: request.logLevel }),
})
await lastSent
process.exit(0)

/** Messages leave in their order. Without a parent nobody listens any more; the take still ends in order. */
function emit(event: RecorderEvent): void {
  if (!process.connected) return
  lastSent = new Promise((resolve) => process.send?.(event, undefined, undefined, () => resolve()))
}

interface Inbox {
  readonly first: Promise<unknown>
  push(message: unknown): void
  commands(): AsyncGenerator<RecorderCommand>
}

function createInbox(): Inbox {
  const first = Promise.withResolvers<unknown>()
  const waiting: RecorderCommand[] = []
  let wake = () => {}
  let opened = false
  return {
    first: first.promise,
    push(message) {
      if (!opened) {
        opened = true
        return first.resolve(message)
      }
      waiting.push(message as RecorderCommand)
      wake()
    },
    async *commands() {
      for (;;) {
        const next = waiting.shift()
        if (next !== undefined) yield next
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    },
  }
}
