import type { Job, PgBoss, WorkOptions } from 'pg-boss'
import { GOES_ON_PRIORITY, TAKE_QUEUE, type TakeJob } from '../engine/index.ts'
import { toAppError } from '../protocol/index.ts'
import type { Logger } from '../telemetry/index.ts'

export interface TakeConsumerOptions {
  readonly boss: PgBoss
  readonly polling: WorkOptions
  readonly logger: Logger
  /** Whether a recording that has not begun may come in now. */
  hasCapacity(): boolean
  handle(job: Job<TakeJob>): Promise<void>
}

export interface TakeConsumer {
  /** Opens the door to all, or only to recordings that have begun, by what `hasCapacity` says now. */
  review(): Promise<void>
  /** Lets nobody in any more; resolves when all who are inside have left. */
  close(): Promise<void>
}

/**
 * Takes jobs one at a time. While there is no room it takes only those of recordings that have begun: a class that loses
 * its recorder loses more by waiting than the others here by one more. A job that is not taken stays in the queue, for
 * another worker or for later. An open door is one worker of pg-boss, so a job that is announced comes in at once.
 */
export function openTakeConsumer({ boss, polling, logger, hasCapacity, handle }: TakeConsumerOptions): TakeConsumer {
  let open: { readonly id: string; readonly toAll: boolean } | undefined
  let closed = false
  let turn: Promise<void> = Promise.resolve()

  const openDoor = async (toAll: boolean): Promise<void> => {
    const entered = Promise.withResolvers<string>()
    const options = { ...polling, ...(!toAll && { minPriority: GOES_ON_PRIORITY }) }
    const id = await boss.work<TakeJob>(TAKE_QUEUE, options, async ([job]) => {
      if (job === undefined) return
      shut(await entered.promise)
      void review()
      await handle(job).finally(review)
    })
    open = { id, toAll }
    entered.resolve(id)
  }
  /** Whoever is inside stays; its worker ends with it. */
  const shut = (id: string): void => {
    if (open?.id === id) open = undefined
    void boss.offWork(TAKE_QUEUE, { id, wait: false })
  }
  const review = (): Promise<void> => {
    turn = turn
      .then(async () => {
        if (closed) return
        const toAll = hasCapacity()
        if (open !== undefined && open.toAll !== toAll) shut(open.id)
        if (open === undefined) await openDoor(toAll)
      })
      .catch((thrown: unknown) => logger.error({ err: toAppError(thrown) }, 'no recordings can be taken now'))
    return turn
  }
  return {
    review,
    async close() {
      closed = true
      await turn
      await boss.offWork(TAKE_QUEUE)
    },
  }
}
