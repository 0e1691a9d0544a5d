import { toAppError } from '../protocol/index.ts'
import type { Takes } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'

const LOOK_MS = 2000
/** One that could not be queued in time is queued at a later look. */
const RETRY_FOR_MS = 30_000

/** Queues scheduled recordings when they are due. Every worker does; queueing twice is as once. */
export function watchScheduledStarts(takes: Pick<Takes, 'scheduled' | 'enqueue'>, logger: Logger): Disposable {
  const timers = new Map<string, NodeJS.Timeout>()
  const enqueue = (recordingId: string): void => {
    timers.delete(recordingId)
    takes.enqueue(recordingId).catch((thrown: unknown) => {
      logger.warn(
        { err: toAppError(thrown), recordingId },
        'a scheduled recording could not be queued; it is tried again',
      )
    })
  }
  const look = (): void => {
    takes
      .scheduled(new Date(Date.now() + LOOK_MS * 1.5))
      .then((due) => {
        for (const { recordingId, inMs } of due) {
          if (inMs < -RETRY_FOR_MS || timers.has(recordingId)) continue
          timers.set(recordingId, setTimeout(enqueue, Math.max(0, inMs), recordingId))
        }
      })
      .catch((thrown: unknown) => {
        logger.warn({ err: toAppError(thrown) }, 'the scheduled recordings could not be looked at')
      })
  }
  look()
  const timer = setInterval(look, LOOK_MS)
  return {
    [Symbol.dispose]() {
      clearInterval(timer)
      for (const waiting of timers.values()) clearTimeout(waiting)
      timers.clear()
    },
  }
}
