import { setPriority } from 'node:os'
import { type ClipperIo, runClip, runRecap } from '../clipper/index.ts'
import { removeOwnWorkFolder } from '../machine/index.ts'
import {
  AppError,
  assertNever,
  type ClipperEvent,
  type ClipperRequest,
  errorInfo,
  toAppError,
} from '../protocol/index.ts'
import { createLogger, levelOf } from '../telemetry/logger.ts'

/**
 * The clip function as a child process. The one IPC message that it gets is its request; it answers with one event and ends.
 * SIGTERM, SIGINT and the loss of the parent end it, and nothing half-made is stored.
 */
const LOWER_PRIORITY = 10
setPriority(LOWER_PRIORITY)
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
process.on('disconnect', () => stop.abort())
// The parent may have gone while this was loaded.
if (!process.connected) stop.abort()

const request = await new Promise<ClipperRequest | undefined>((resolve) => {
  process.once('message', (message) => resolve(message as ClipperRequest))
  if (stop.signal.aborted) resolve(undefined)
  stop.signal.addEventListener('abort', () => resolve(undefined))
})
if (request !== undefined) await answer(await serve(request))
// The parent gives each clip function its temporary folder and removes it; one that died cannot.
if (!process.connected) await removeOwnWorkFolder()
process.exit(0)

async function serve(asked: ClipperRequest): Promise<ClipperEvent> {
  const { logLevel, traceId, recordingId } = asked.type === 'clip' ? asked.clip : asked.recap
  const logger = createLogger({ level: logLevel }).child({ traceId, recordingId })
  try {
    return await work(asked, { signal: stop.signal, logger })
  } catch (thrown) {
    const error = stop.signal.aborted
      ? new AppError('service.stopping', 'The clip function was told to end', { cause: thrown })
      : toAppError(thrown)
    logger[levelOf(error)]({ err: error }, 'the clip function failed')
    return { type: 'failed', error: errorInfo(error) }
  }
}

async function work(asked: ClipperRequest, io: ClipperIo): Promise<ClipperEvent> {
  switch (asked.type) {
    case 'clip':
      return { type: 'clip', result: await runClip(asked.clip, io) }
    case 'recap':
      return { type: 'recap', result: await runRecap(asked.recap, io) }
    default:
      return assertNever(asked)
  }
}

/** Without a parent nobody listens any more. */
function answer(event: ClipperEvent): Promise<void> {
  if (!process.connected) return Promise.resolve()
  return new Promise((resolve) => process.send?.(event, undefined, undefined, () => resolve()))
}
