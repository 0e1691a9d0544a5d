import type { ClipJob, RecapJobIds } from '../../engine/index.ts'
import type { ClipJobs, ClipperSurroundings, RecapJobs } from '../../highlights/index.ts'
import { AppError, type ClipperEvent, type ClipperRequest, type ErrorInfo } from '../../protocol/index.ts'

/** What a job asks of a clip function, and what becomes of the answer. */
export interface ClipTask {
  readonly ids: Readonly<Record<string, string>>
  /** Undefined when there is nothing to do (any more). */
  begin(): Promise<ClipperRequest | undefined>
  finish(event: Exclude<ClipperEvent, { type: 'failed' }>): Promise<void>
  fail(error: ErrorInfo): Promise<void>
}

interface ClipTaskPorts {
  readonly clips: ClipJobs
  readonly recaps: RecapJobs
  readonly surroundings: ClipperSurroundings
}

/** Cuts the clip of a highlight. */
export function clipTask({ clips, surroundings }: ClipTaskPorts, ids: ClipJob): ClipTask {
  return {
    ids: { ...ids },
    async begin() {
      const clip = await clips.begin(ids, surroundings)
      return clip && { type: 'clip', clip }
    },
    async finish(event) {
      if (event.type !== 'clip') throw wrongAnswer(event)
      await clips.finish(ids, event.result)
    },
    fail: (error) => clips.fail(ids, error),
  }
}

/** Renders a recap from its clips. */
export function recapTask({ recaps, surroundings }: ClipTaskPorts, ids: RecapJobIds): ClipTask {
  return {
    ids: { ...ids },
    async begin() {
      const recap = await recaps.begin(ids, surroundings)
      return recap && { type: 'recap', recap }
    },
    async finish(event) {
      if (event.type !== 'recap') throw wrongAnswer(event)
      await recaps.finish(ids, event.result)
    },
    fail: (error) => recaps.fail(ids, error),
  }
}

function wrongAnswer({ type }: ClipperEvent): AppError {
  return new AppError('internal', `The clip function answered \`${type}\`, which was not asked for.`)
}
