import { removeOwnWorkFolder } from '../machine/index.ts'
import type { RecorderCommand, RecorderEvent, RecorderRequest } from '../protocol/index.ts'
import { runRecorder } from '../recorder/index.ts'
import { createLogger } from '../telemetry/index.ts'
import { after, Mailbox } from '../timing/index.ts'
import { RECORDER_PAGE_DIR } from './bundles.ts'

/** How long a recorder without a parent waits to be overtaken. */
const ORPHAN_MS = 60_000

/**
 * The recorder as a child process. The first IPC message is its request, the others are commands; its events go back the
 * same way. SIGTERM and SIGINT end the take in order. A recorder that has lost its parent goes on until the next take of
 * its recording overtakes it, which loses nothing when a service comes back at once, or until it has waited long enough.
 */
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
// Nobody is left to begin a standby take.
process.on('disconnect', () => after(isStandby ? 0 : ORPHAN_MS, () => stop.abort()))
// The log of an orphan has no reader.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

let lastSent: Promise<void> = Promise.resolve()
let isStandby = false
const inbox = new Mailbox<unknown>()
process.on('message', (message) => {
  if ((message as RecorderCommand).type === 'handover.begin') isStandby = false
  inbox.put(message)
})

const messages = inbox[Symbol.asyncIterator]()
const request = (await messages.next()).value as RecorderRequest
isStandby = request.handover !== null
await runRecorder(request, {
  emit,
  commands: messages as AsyncGenerator<RecorderCommand>,
  signal: stop.signal,
  logger: createLogger({ level: request.logLevel }),
  pageDir: RECORDER_PAGE_DIR,
})
await lastSent
// The worker that made it for this take is gone.
if (!process.connected) await removeOwnWorkFolder()
process.exit(0)

/** Messages leave in their order. Without a parent nobody listens any more; the take still ends in order. */
function emit(event: RecorderEvent): void {
  if (!process.connected) return
  lastSent = new Promise((resolve) => process.send?.(event, undefined, undefined, () => resolve()))
}
