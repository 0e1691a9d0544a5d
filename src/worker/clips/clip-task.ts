import type { ClipperSurroundings } from '../../highlights/index.ts'
import {
  AppError,
  type ClipperEvent,
  type ClipperRequest,
  type ClipRequest,
  type ClipResult,
  type ErrorInfo,
  type RecapJob,
  type RecapResult,
} from '../../protocol/index.ts'

/** What a job asks of a clip function, and what becomes of the answer. */
export interface ClipTask {
  readonly ids: object
  /** Undefined when there is nothing to do (any more). */
  begin(): Promise<ClipperRequest | undefined>
  finish(event: Exclude<ClipperEvent, { type: 'failed' }>): Promise<void>
  fail(error: ErrorInfo): Promise<void>
}

/** What a clip function is asked for and answers, by the type of both. */
interface Work {
  readonly clip: { readonly asked: ClipRequest; readonly result: ClipResult }
  readonly recap: { readonly asked: RecapJob; readonly result: RecapResult }
}

/** The use cases of one type of job. */
interface TaskJobs<T extends keyof Work, Ids> {
  begin(ids: Ids, surroundings: ClipperSurroundings): Promise<Work[T]['asked'] | undefined>
  finish(ids: Ids, result: Work[T]['result']): Promise<void>
  fail(ids: Ids, error: ErrorInfo): Promise<void>
}

const REQUESTS: { readonly [T in keyof Work]: (asked: Work[T]['asked']) => ClipperRequest } = {
  clip: (clip) => ({ type: 'clip', clip }),
  recap: (recap) => ({ type: 'recap', recap }),
}

/** Cuts a highlight's clip, or renders a recap from its clips. */
export function taskOf<T extends keyof Work, Ids extends object>(
  type: T,
  jobs: TaskJobs<T, Ids>,
  { ids, surroundings }: { readonly ids: Ids; readonly surroundings: ClipperSurroundings },
): ClipTask {
  return {
    ids: { ...ids },
    async begin() {
      const asked = await jobs.begin(ids, surroundings)
      return asked && REQUESTS[type](asked)
    },
    async finish(event) {
      if (!isAnswer(event, type)) {
        throw new AppError('internal', `The clip function answered \`${event.type}\`, which was not asked for.`)
      }
      await jobs.finish(ids, event.result)
    },
    fail: (error) => jobs.fail(ids, error),
  }
}

function isAnswer<T extends keyof Work>(
  event: ClipperEvent,
  type: T,
): event is ClipperEvent & { readonly type: T; readonly result: Work[T]['result'] } {
  return event.type === type
}
