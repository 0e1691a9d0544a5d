import { errorInfo, type RecorderRequest } from '../protocol/index.ts'
import type { NextStep, OfflineTake, RecorderSurroundings, Takes } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { within } from '../timing/index.ts'
import type { RunningTake } from './take/supervise-take.ts'
import type { TakeEnd } from './take/take-end.ts'
import { untilWritten } from './until-written.ts'
import type { TakeTimes } from './worker-times.ts'

/** A take that may begin. `written` resolves once the record has it, or with the other step that the record demands. */
export interface Beginning {
  readonly request: RecorderRequest
  readonly written: Promise<NextStep | undefined>
}

/** A take that ended without being asked to. */
interface InterruptedTake extends Beginning {
  readonly take: Pick<RunningTake, 'written' | 'progress'>
  readonly end: Extract<TakeEnd, { kind: 'interrupted' }>
}

type BeginStep = Extract<NextStep, { readonly action: 'begin' }>
/** The next step: of the record, or, while the database is away, of the record as it will be. `begin` resolves with a step when no take begins. */
export type FollowUp =
  | Exclude<NextStep, BeginStep>
  | (BeginStep & { readonly begin: () => Promise<Beginning | NextStep> })

interface NextTakePorts {
  readonly takes: Pick<Takes, 'resume' | 'begin' | 'interrupt' | 'beginOffline'>
  readonly surroundings: RecorderSurroundings
  readonly times: Pick<TakeTimes, 'databaseMs'>
  readonly logger: Logger
  /** Somebody else has the recording now. */
  readonly lost: AbortSignal
}

/** Decides from take to take how a recording goes on. Errors: what can never be written, such as `recording.not-found`. */
export class NextTake {
  readonly #ports: NextTakePorts
  readonly #recordingId: string

  constructor(ports: NextTakePorts, recordingId: string) {
    this.#ports = ports
    this.#recordingId = recordingId
  }

  /** The step of a recording that this worker was just given. */
  async resume(): Promise<FollowUp> {
    return this.toFollowUp(await this.#resume())
  }

  toFollowUp(step: NextStep): FollowUp {
    return step.action === 'begin' ? { ...step, begin: () => this.#begin() } : step
  }

  /**
   * The step after a take that was interrupted; its end is written after its own beginning. `isLeaving`: no other take is to
   * begin here, so the end has only to be written.
   */
  async after(interrupted: InterruptedTake, { isLeaving }: { readonly isLeaving: boolean }): Promise<FollowUp> {
    const { takes, times, surroundings, logger } = this.#ports
    const { request, end, take } = interrupted
    const writtenEnd = this.#writeEnd(interrupted)
    const step = isLeaving ? await writtenEnd : await within(times.databaseMs, writtenEnd, () => undefined)
    if (step !== undefined) return this.toFollowUp(step)
    const broken = { take: request.take, at: end.at, error: errorInfo(end.error), progress: take.progress }
    const offline = await takes.beginOffline(this.#recordingId, broken, surroundings)
    if (offline === undefined) return this.toFollowUp(await writtenEnd)
    const details = { recordingId: this.#recordingId, take: offline.request.take }
    logger.warn(details, 'the next take begins while the database is away')
    return this.#beginUnwritten(offline, writtenEnd)
  }

  async #begin(): Promise<Beginning | NextStep> {
    const { takes, surroundings, lost } = this.#ports
    const request = await this.#untilWritten(() => takes.begin(this.#recordingId, surroundings))
    if (request !== undefined) return { request, written: Promise.resolve(undefined) }
    return lost.aborted ? { action: 'none' } : await this.#resume()
  }

  /** Begins a take before the end of the one before it is written, and writes both as soon as that is possible. */
  #beginUnwritten({ request, ...when }: OfflineTake, writtenEnd: Promise<NextStep>): FollowUp {
    const { takes, surroundings, lost } = this.#ports
    const write = async (): Promise<NextStep | undefined> => {
      const step = await writtenEnd
      if (lost.aborted) return { action: 'none' }
      if (step.action !== 'begin') return step
      const begun = await this.#untilWritten(() => takes.begin(this.#recordingId, surroundings, request.take))
      return begun === undefined ? await this.#resume() : undefined
    }
    return { action: 'begin', ...when, begin: async () => ({ request, written: write() }) }
  }

  async #writeEnd({ written, take, request, end }: InterruptedTake): Promise<NextStep> {
    const otherStep = await written
    if (otherStep !== undefined) return otherStep
    await take.written
    const how = { at: end.at, error: errorInfo(end.error) }
    return await this.#untilWritten(() => this.#ports.takes.interrupt(this.#recordingId, request.take, how))
  }

  #resume(): Promise<NextStep> {
    return this.#untilWritten(() => this.#ports.takes.resume(this.#recordingId))
  }

  #untilWritten<T>(work: () => Promise<T>): Promise<T> {
    return untilWritten(work, this.#ports.logger)
  }
}
