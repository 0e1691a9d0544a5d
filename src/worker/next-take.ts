import { setTimeout as sleep } from 'node:timers/promises'
import { errorInfo, type RecorderRequest } from '../protocol/index.ts'
import type { NextStep, OfflineTake, RecorderSurroundings, Takes } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { untilWritten } from './take/report-writer.ts'
import type { RunningTake } from './take/supervise-take.ts'
import type { TakeEnd } from './take/take-end.ts'

/** A database that has not taken the end of a take by then is away: the next take does not wait for it. */
const DATABASE_MS = 1_000

/** A take that may begin. `written` resolves when the recording is its; with what is to be done instead when it is not. */
interface Beginning {
  readonly request: RecorderRequest
  readonly written: Promise<NextStep | undefined>
}

/** What to do next: as the record says it, or, while the database is away, as it will. `begin` resolves with a step when it cannot. */
type FollowUp =
  | Exclude<NextStep, { readonly action: 'begin' }>
  | (Extract<NextStep, { readonly action: 'begin' }> & { begin(): Promise<Beginning | NextStep> })

interface FollowPorts {
  readonly takes: Pick<Takes, 'resume' | 'begin' | 'interrupt' | 'beginOffline'>
  readonly surroundings: RecorderSurroundings
  readonly logger: Logger
  /** Somebody else has the recording now. */
  readonly lost: AbortSignal
}

interface Follower {
  /** The recording as it is found. */
  resume(): Promise<FollowUp>
  /** `instead`: what else is to be done. */
  heed(instead: NextStep): FollowUp
  /**
   * After a take that ended without being asked to; its end is written after its own beginning. `isLeaving`: no other take is to
   * begin here, so the end has only to be written.
   */
  after(
    broken: { readonly take: RunningTake; readonly end: Extract<TakeEnd, { kind: 'interrupted' }> } & Beginning,
    options: { readonly isLeaving: boolean },
  ): Promise<FollowUp>
}

/** Decides from take to take how a recording goes on. Errors: what can never be written, such as `recording.not-found`. */
export function followTakes({ takes, surroundings, logger, lost }: FollowPorts, recordingId: string): Follower {
  const persist = <T>(work: () => Promise<T>) => untilWritten(work, logger)
  const resume = () => persist(() => takes.resume(recordingId))
  const heed = (step: NextStep): FollowUp => {
    if (step.action !== 'begin') return step
    return {
      ...step,
      async begin() {
        const request = await persist(() => takes.begin(recordingId, surroundings))
        if (request !== undefined) return { request, written: Promise.resolve(undefined) }
        return lost.aborted ? { action: 'none' } : await resume()
      },
    }
  }
  /** Begins it before the end of the take before it is written, and writes both as soon as that is possible. */
  const ahead = ({ request, ...when }: OfflineTake, told: Promise<NextStep>): FollowUp => {
    const write = async (): Promise<NextStep | undefined> => {
      const step = await told
      if (lost.aborted) return { action: 'none' }
      if (step.action !== 'begin') return step
      const begun = await persist(() => takes.begin(recordingId, surroundings, request.take))
      return begun === undefined ? await resume() : undefined
    }
    return { action: 'begin', ...when, begin: async () => ({ request, written: write() }) }
  }
  return {
    heed,
    resume: async () => heed(await resume()),
    async after({ take, request, written, end }, { isLeaving }) {
      const error = errorInfo(end.error)
      const told = written.then(async (instead) => {
        if (instead !== undefined) return instead
        await take.written
        return await persist(() => takes.interrupt(recordingId, request.take, { at: end.at, error }))
      })
      const step = isLeaving ? await told : await Promise.race([told, sleep(DATABASE_MS, undefined)])
      if (step !== undefined) return heed(step)
      const broken = { take: request.take, at: end.at, error, progress: take.progress }
      const offline = await takes.beginOffline(recordingId, broken, surroundings)
      if (offline === undefined) return heed(await told)
      logger.warn({ recordingId, take: offline.request.take }, 'the next take begins while the database is away')
      return ahead(offline, told)
    },
  }
}
