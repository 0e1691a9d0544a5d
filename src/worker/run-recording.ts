import { AppError, type RecorderRequest } from '../protocol/index.ts'
import {
  type Finalizer,
  ignoreDeleted,
  type NextStep,
  type RecorderSurroundings,
  type Takes,
  type Verdict,
} from '../recording/index.ts'
import { after, delay, within } from '../timing/index.ts'
import { epochOf, runHandovers } from './handover/run-handover.ts'
import { type Beginning, type FollowUp, NextTake } from './next-take.ts'
import { type RunningTake, type RunningTakePorts, startTake } from './take/supervise-take.ts'
import { untilWritten } from './until-written.ts'
import type { HandoverTimes, TakeTimes } from './worker-times.ts'

export interface RecordingPorts extends Omit<RunningTakePorts, 'takes' | 'times' | 'onStarted'> {
  readonly takes: Takes
  readonly finalizer: Finalizer
  readonly enqueueFinalize: (recordingId: string, afterSec: number) => Promise<void>
  readonly surroundings: RecorderSurroundings
  readonly times: TakeTimes & HandoverTimes
}

interface RunSignals {
  /** The worker stops. */
  readonly stop: AbortSignal
  /** Somebody else was given the recording. */
  readonly lost: AbortSignal
  /** Gives the recording to another worker, if there may be one: then its recorder runs until it is overtaken. */
  readonly handBack?: () => Promise<void>
}

/** A recorder whose worker died while it was ending is left to close its playlists for this long. */
const ORPHAN_GRACE_SEC = 15
/** Playlists that could not be closed are tried again, by a job, after so long. */
const FINALIZE_AGAIN_SEC = 5

/** How the recording ended, as a metrics label; undefined when it has not ended here. */
type RecordingOutcome = string | undefined

/**
 * Runs a recording from take to take until it has ended, or must go on elsewhere. A take that ends by itself is followed
 * by the next one at once, while what it has left to store is still stored.
 */
export async function runRecording(
  ports: RecordingPorts,
  recordingId: string,
  signals: RunSignals,
): Promise<RecordingOutcome> {
  const outcome = await new RecordingRun(ports, recordingId, signals).run().catch(ignoreDeleted)
  if (outcome !== undefined) await ports.clips.recordingEnded(recordingId)
  return outcome
}

/** For the job that closes what no worker has: playlists first, then the recording. Errors: those of the store. */
export async function finalizeLeft(
  { takes, finalizer, clips }: Pick<RecordingPorts, 'takes' | 'finalizer' | 'clips'>,
  recordingId: string,
): Promise<void> {
  const verdict = await takes.verdict(recordingId).catch(ignoreDeleted)
  if (verdict === undefined) return
  const stored = await finalizer.finalize(recordingId, verdict)
  await takes.close(recordingId, verdict, stored)
  await clips.recordingEnded(recordingId)
}

type Step = FollowUp | { readonly action: 'over'; readonly outcome: RecordingOutcome }
const NOT_HERE = { action: 'over', outcome: undefined } as const

class RecordingRun {
  readonly #ports: RecordingPorts
  readonly #recordingId: string
  readonly #signals: RunSignals
  /** No take is to begin, or take over, any more. */
  readonly #left: AbortSignal
  readonly #next: NextTake
  /** Of every take that was started here. */
  readonly #gone: Promise<void>[] = []

  constructor(ports: RecordingPorts, recordingId: string, signals: RunSignals) {
    this.#ports = ports
    this.#recordingId = recordingId
    this.#signals = signals
    this.#left = AbortSignal.any([signals.stop, signals.lost])
    this.#next = new NextTake({ ...ports, lost: signals.lost }, recordingId)
  }

  async run(): Promise<RecordingOutcome> {
    let step: Step = await this.#next.resume()
    try {
      while (step.action !== 'over') {
        if (step.action === 'none' || this.#left.aborted) return undefined
        step = step.action === 'close' ? await this.#close(step) : await this.#begin(step)
      }
      return step.outcome
    } finally {
      await this.#leave()
    }
  }

  async #begin(step: Extract<FollowUp, { action: 'begin' }>): Promise<Step> {
    if (step.delayMs > 0) await delay(step.delayMs, { signal: this.#left })
    if (this.#left.aborted) return NOT_HERE
    const beginning = await step.begin()
    return 'action' in beginning ? this.#next.toFollowUp(beginning) : await this.#record(beginning, step.since)
  }

  /** Runs a take, and those that take over from it, to the end. `since`: the end of the take before it. */
  async #record({ request, written }: Beginning, since: string | null): Promise<Step> {
    const onStarted = () => {
      if (since !== null) this.#ports.metrics.observeRecovery((Date.now() - Date.parse(since)) / 1000)
    }
    const take = this.#start(request, { written, onStarted })
    this.#followWorkerSignals(take)
    const handovers = runHandovers(
      {
        ...this.#ports,
        start: (standby) => this.#start(standby, { written, onStarted: () => {} }),
        onTaken: (next) => this.#followWorkerSignals(next),
        left: this.#left,
      },
      { take, request, written, epochMs: epochOf(take) },
    )
    const otherStep = await this.#first(take, [handovers.then(() => undefined), written])
    if (otherStep !== undefined) {
      take.leave()
      take.terminate()
      return this.#next.toFollowUp(otherStep)
    }
    const { end, ...last } = await handovers
    if (end.kind === 'interrupted') {
      if (this.#signals.lost.aborted) return NOT_HERE
      return await this.#next.after({ ...last, written, end }, { isLeaving: this.#signals.stop.aborted })
    }
    await last.take.written
    return { action: 'over', outcome: end.kind === 'ended' ? 'completed' : undefined }
  }

  /** The step that keeps the take from being written, or its end; a take that can never be written is ended. */
  async #first(take: RunningTake, outcomes: readonly Promise<NextStep | undefined>[]): Promise<NextStep | undefined> {
    try {
      return await Promise.race(outcomes)
    } catch (thrown) {
      take.terminate()
      throw thrown
    }
  }

  #start(
    request: RecorderRequest,
    { written, onStarted }: { readonly written: Promise<unknown>; readonly onStarted: () => void },
  ): RunningTake {
    const take = startTake({ ...this.#ports, onStarted }, request, { after: written })
    this.#gone.push(take.gone)
    return take
  }

  /** Ends or leaves the take when the worker stops or has lost the recording, for as long as its process is there. */
  #followWorkerSignals(take: RunningTake): void {
    const { stop, lost, handBack } = this.#signals
    const listeners = new DisposableStack()
    const on = (signal: AbortSignal, act: () => void) => {
      if (signal.aborted) return act()
      signal.addEventListener('abort', act, { once: true })
      listeners.defer(() => signal.removeEventListener('abort', act))
    }
    on(stop, () => {
      if (handBack === undefined) return take.terminate()
      take.leave()
      listeners.use(after(this.#ports.times.overtakeMs, () => take.terminate()))
    })
    on(lost, () => {
      take.leave()
      // The job that was handed back counts as lost too: `terminate` has its time.
      if (handBack === undefined || !stop.aborted) take.abandon()
    })
    void take.gone.then(() => listeners.dispose())
  }

  async #close({ verdict, isOrphaned }: Extract<FollowUp, { action: 'close' }>): Promise<Step> {
    await Promise.all(this.#gone)
    const { takes, logger, enqueueFinalize } = this.#ports
    if (isOrphaned) {
      await enqueueFinalize(this.#recordingId, ORPHAN_GRACE_SEC)
      return NOT_HERE
    }
    const stored = await this.#finalize(verdict).catch(async (err: unknown) => {
      logger.error({ err }, 'the playlists of the recording cannot be closed now; it is tried again')
      await enqueueFinalize(this.#recordingId, FINALIZE_AGAIN_SEC)
      return undefined
    })
    await untilWritten(() => takes.close(this.#recordingId, verdict, stored), logger)
    return { action: 'over', outcome: verdict.error?.code ?? 'completed' }
  }

  /** A store that hangs does not hold back the news that the recording has ended. */
  #finalize(verdict: Verdict): ReturnType<Finalizer['finalize']> {
    const { finalizer, times } = this.#ports
    return within(times.finalizeMs, finalizer.finalize(this.#recordingId, verdict), () => {
      throw new AppError('store.unavailable', `The store did not answer within ${times.finalizeMs / 1000} s.`)
    })
  }

  async #leave(): Promise<void> {
    const { stop, lost, handBack } = this.#signals
    this.#ports.takes.release(this.#recordingId)
    if (lost.aborted) return
    try {
      if (stop.aborted) await handBack?.()
    } finally {
      await Promise.all(this.#gone)
    }
  }
}
