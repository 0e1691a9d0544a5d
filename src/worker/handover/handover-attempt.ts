import { type RecorderRequest, type TakeClock, toAppError } from '../../protocol/index.ts'
import { planSwitchTime, type RecorderSurroundings, type Takes } from '../../recording/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { unlessAborted, within } from '../../timing/index.ts'
import type { RunningTake } from '../take/supervise-take.ts'
import { untilWritten } from '../until-written.ts'
import type { HandoverTimes } from '../worker-times.ts'
import { type EventOf, firstEvent } from './first-event.ts'
import { StandbyTake } from './standby-take.ts'

/** A running take with its request, and the wall time of its media time zero. */
export interface ActiveTake {
  readonly request: RecorderRequest
  readonly take: RunningTake
  readonly epochMs: Promise<number>
  /** Resolves when the take is written: no other can take over before. */
  readonly written: Promise<unknown>
}

export interface HandoverOptions {
  readonly takes: Pick<Takes, 'prepareNext' | 'handOver'>
  readonly surroundings: RecorderSurroundings
  /** Starts a recorder that waits to take over. */
  readonly start: (request: RecorderRequest) => RunningTake
  /** The recording is this take's now. */
  readonly onTaken: (take: RunningTake) => void
  /** No take is to take over any more. */
  readonly left: AbortSignal
  readonly times: HandoverTimes
  readonly logger: Logger
}

/** A recording that ends so soon by itself does so in the take that it has. */
const NEARLY_OVER_SEC = 60

/** The positions of the running take's sources, and the moment that they were measured at. */
interface FrozenPacing {
  readonly epochMs: number
  readonly positions: EventOf<'positions'>
  readonly atMs: number
}

interface ReadyTake extends FrozenPacing {
  readonly take: RunningTake
  readonly request: RecorderRequest
  readonly sources: EventOf<'ready'>['sources']
}

/** The reason for which the running take goes on. */
type CalledOff = string

/** One attempt to have the next take take over. Disposing it ends what links the two takes. */
export class HandoverAttempt implements Disposable {
  readonly #options: HandoverOptions
  readonly #active: ActiveTake
  readonly #standby = new StandbyTake()
  readonly #links = new DisposableStack()
  /** Aborted when there is no take to take over from, or none is to take over. */
  readonly #over: AbortSignal

  /** From now on the standby take gets the commands and the positions of the running one. */
  constructor(options: HandoverOptions, active: ActiveTake) {
    const { take } = active
    this.#options = options
    this.#active = active
    this.#over = AbortSignal.any([options.left, take.ending])
    this.#links.use(take.forwardCommands(this.#standby))
    this.#links.use(
      take.onEvent((event) => {
        if (event.type !== 'positions') return
        this.#standby.send({ type: 'handover.positions', positions: event.positions })
      }),
    )
  }

  /** Undefined when the running take goes on, or has ended. */
  async run(): Promise<ActiveTake | undefined> {
    const { request, take } = this.#active
    const logger = this.#options.logger.child({ recordingId: request.recordingId, take: request.take })
    try {
      const ready = await this.#readyNext()
      const next = typeof ready === 'string' ? ready : await this.#switchOver(ready)
      if (typeof next !== 'string') return next
      logger.warn(`the hand-over to the next take is called off: ${next}`)
    } catch (thrown) {
      logger.error({ err: toAppError(thrown) }, 'the hand-over to the next take is called off')
    }
    this.#standby.terminate()
    take.send({ type: 'handover.freeze-pacing', isFrozen: false })
    return undefined
  }

  /** Starts the next take and waits until it is in step. */
  async #readyNext(): Promise<ReadyTake | CalledOff> {
    const frozen = await this.#freezePacing()
    if (typeof frozen === 'string') return frozen
    const { takes, surroundings, logger, times, start } = this.#options
    const { recordingId } = this.#active.request
    const handover = { clock: frozen.positions.clock, takeEpochMs: frozen.epochMs }
    const prepare = () => takes.prepareNext(recordingId, handover, surroundings)
    const request = await untilWritten(prepare, logger, this.#over)
    if (request === undefined || this.#over.aborted) return 'the recording does not go on'
    const take = start(request)
    const ended = take.end.then(() => undefined)
    const ready = this.#within(times.readyMs, Promise.race([firstEvent(take, 'ready'), ended]))
    this.#standby.attach(take)
    const event = await ready
    return event === undefined ? 'the next take is not ready' : { ...frozen, take, request, sources: event.sources }
  }

  async #freezePacing(): Promise<FrozenPacing | CalledOff> {
    const { take, request } = this.#active
    const epochMs = await this.#active.epochMs
    const reported = firstEvent(take, 'positions')
    take.send({ type: 'handover.freeze-pacing', isFrozen: true })
    const positions = await this.#within(this.#options.times.positionsMs, reported)
    if (positions === undefined) return 'the running take sends no positions'
    if (request.maxDurationSec - positions.recordedSec < NEARLY_OVER_SEC) return 'the recording is nearly over'
    return { epochMs, positions, atMs: nowOf(positions.clock) }
  }

  /** The recording becomes the next take's, and both takes get the switch time. */
  async #switchOver(ready: ReadyTake): Promise<ActiveTake | CalledOff> {
    const { take, request, written } = this.#active
    const { onTaken, logger } = this.#options
    const afterSeq = take.pauseCommands()
    let isWritten = false
    try {
      isWritten = await this.#write(ready)
    } finally {
      if (!isWritten) take.resumeCommands(afterSeq)
    }
    if (!isWritten) return 'the recording does not go on'
    const { atMs, maxDurationSec } = this.#planSwitch(ready)
    ready.take.send({ type: 'handover.begin', atMs, maxDurationSec })
    take.send({ type: 'handover.end', atMs })
    ready.take.takeOver(afterSeq)
    onTaken(ready.take)
    const details = { recordingId: request.recordingId, take: ready.request.take, atMs, sources: ready.sources }
    logger.info(details, 'the next take takes over')
    return { take: ready.take, request: { ...ready.request, maxDurationSec }, epochMs: Promise.resolve(atMs), written }
  }

  /**
   * False when the recording does not go on with the next take. A stop that was delivered to the running take by now ends the
   * recording in it; one that comes later is the next take's.
   */
  async #write(ready: ReadyTake): Promise<boolean> {
    if (this.#over.aborted || this.#standby.isPaused) return false
    const { takes, logger } = this.#options
    const { recordingId, take } = this.#active.request
    const numbers = { from: take, to: ready.request.take }
    return await untilWritten(() => takes.handOver(recordingId, numbers), logger, this.#over)
  }

  #planSwitch({ epochMs, positions, atMs: frozenAtMs }: ReadyTake): { atMs: number; maxDurationSec: number } {
    const { request } = this.#active
    const earliestMs = nowOf(positions.clock) + this.#options.times.noticeMs
    const atMs = planSwitchTime({ takeEpochMs: epochMs, fps: request.video.fps }, earliestMs)
    const maxDurationSec = request.maxDurationSec - positions.recordedSec - (atMs - frozenAtMs) / 1000
    return { atMs, maxDurationSec }
  }

  /** Undefined when it takes longer, or the attempt is over. */
  #within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
    const nothing = () => undefined
    return within(ms, unlessAborted(this.#over, work, nothing), nothing)
  }

  [Symbol.dispose](): void {
    this.#links.dispose()
  }
}

/** The time of the clock now: its recorder runs on this machine. */
function nowOf({ offsetMs }: TakeClock): number {
  return Number(process.hrtime.bigint()) / 1e6 + offsetMs
}
