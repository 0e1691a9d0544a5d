import { flushCompileCache } from 'node:module'
import { removeOwnWorkFolder } from '../machine/index.ts'
import { errorInfo } from '../protocol/app-error.ts'
import type {
  PreparationReport,
  RecorderCommand,
  RecorderEvent,
  RecorderPreparation,
  RecorderRequest,
} from '../protocol/index.ts'
import type { runRecorder as RunRecorder } from '../recorder/index.ts'
import { OpenPage } from '../recorder/page/index.ts'
import type { Logger, LogPort } from '../telemetry/index.ts'
import { after, delay, Mailbox } from '../timing/index.ts'
import { RECORDER_PAGE_DIR } from './bundles.ts'

interface Parts {
  readonly runRecorder: typeof RunRecorder
  readonly createLogger: (options: { readonly level: string }) => Logger
}

/** How long a recorder without a parent waits to be overtaken. */
const ORPHAN_MS = 60_000
/** A worker that wants Chrome at once says so with the start of the process. */
const PREPARATION_MS = 20

/**
 * The recorder as a child process. It gets one IPC message with its request, before it perhaps one to prepare Chrome and the page, and
 * commands after it; its events go back the same way. SIGTERM and SIGINT end the take in order. A recorder that has lost its parent
 * goes on until the next take of its recording overtakes it, which loses nothing when a service comes back at once, or until it has
 * waited long enough; without a request it ends at once.
 */
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end)
process.on('disconnect', onDisconnect)
// The log of an orphan has no reader.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

let lastSent: Promise<void> = Promise.resolve()
let isStandby = false
let request: RecorderRequest | undefined
let page: OpenPage | undefined
const requested = Promise.withResolvers<RecorderRequest>()
const prepared = Promise.withResolvers<void>()
const loaded = Promise.withResolvers<Parts>()
const inbox = new Mailbox<RecorderCommand>()
process.on('message', onMessage)
if (!process.connected) onDisconnect()

// Chrome starts while the rest is loaded.
await Promise.race([prepared.promise, requested.promise, delay(PREPARATION_MS)])
loadParts().then(loaded.resolve, loaded.reject)
const { runRecorder, createLogger } = await loaded.promise
if (request === undefined) {
  flushCompileCache()
  page?.opened.then(reportPrepared, () => {}) ?? reportPrepared()
}
const take = await requested.promise
await runRecorder(take, {
  emit,
  commands: inbox,
  signal: stop.signal,
  logger: createLogger({ level: take.logLevel }),
  pageDir: RECORDER_PAGE_DIR,
  preparedPage: page,
})
await leave()

async function loadParts(): Promise<Parts> {
  const [{ runRecorder }, { createLogger }] = await Promise.all([
    import('../recorder/index.ts'),
    import('../telemetry/index.ts'),
  ])
  return { runRecorder, createLogger }
}

function onMessage(message: unknown): void {
  const given = message as RecorderRequest | RecorderPreparation | RecorderCommand
  if (!('type' in given)) {
    request = given
    isStandby = given.handover !== null
    requested.resolve(given)
  } else if (given.type === 'prepare') {
    preparePage(given)
  } else {
    // Nobody is left to begin a standby take.
    if (given.type === 'handover.begin') isStandby = false
    inbox.put(given)
  }
}

function preparePage({ chromePath, logLevel }: RecorderPreparation): void {
  const logger = whenLoaded((parts) => parts.createLogger({ level: logLevel }))
  const opened = new OpenPage({ chromePath, pageDir: RECORDER_PAGE_DIR, logger })
  page = opened
  prepared.resolve()
  void opened.lost.then(async (error) => {
    if (request !== undefined) return
    send({ type: 'unprepared', error: errorInfo(error) })
    await opened[Symbol.asyncDispose]()
  })
}

/** A log whose lines wait until the program is loaded. */
function whenLoaded(create: (parts: Parts) => Logger): LogPort {
  const logger = loaded.promise.then(create)
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (details: object, message: string) =>
    void logger.then((log) => log[level](details, message))
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function end(): void {
  stop.abort()
  if (request === undefined) void leave()
}

function onDisconnect(): void {
  if (request === undefined) void leave()
  else after(isStandby ? 0 : ORPHAN_MS, () => stop.abort())
}

async function leave(): Promise<void> {
  await page?.[Symbol.asyncDispose]()
  await lastSent
  // The worker that made it for this process is gone.
  if (!process.connected) await removeOwnWorkFolder()
  process.exit(0)
}

function reportPrepared(): void {
  send({ type: 'prepared' })
}

/** Messages leave in their order. Without a parent nobody listens any more; the take still ends in order. */
function emit(event: RecorderEvent): void {
  send(event)
}

function send(message: RecorderEvent | PreparationReport): void {
  if (!process.connected) return
  lastSent = new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()))
}
