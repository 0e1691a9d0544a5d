import { AppError, type RecorderRequest } from '../protocol/index.ts'
import {
  type Finalizer,
  ignoreDeleted,
  type RecorderSurroundings,
  type Takes,
  type Verdict,
} from '../recording/index.ts'
import { epochOf, runHandover } from './handover/run-handover.ts'
import { followTakes } from './next-take.ts'
import { untilWritten } from './take/report-writer.ts'
import { type RunningTake, type RunningTakePorts, startTake } from './take/supervise-take.ts'
import type { HandoverTimes, TakeTimes } from './worker-times.ts'

export interface RecordingPorts extends Omit<RunningTakePorts, 'takes' | 'times' | 'onStarted'> {
  readonly takes: Takes
  readonly finalizer: Finalizer
  readonly enqueueFinalize: (recordingId: string, afterSec: number) => Promise<void>
  readonly surroundings: RecorderSurroundings
  readonly times: TakeTimes & HandoverTimes
}

export interface RunSignals {
  /** The worker stops. */
  readonly stop: AbortSignal
  /** Somebody else was given the recording. */
  readonly lost: AbortSignal
  /** Gives the recording to another worker, if there may be one: then its recorder runs until it is overtaken. */
  readonly handBack?: () => Promise<void>
}

/** How long the playlists of a recording that is given up may take to be closed before that becomes a job of its own. */
const FINALIZE_MS = 15_000
/** A recorder whose worker died while it was ending is left to close its playlists for this long. */
const ORPHAN_GRACE_SEC = 15

/** How the recording ended, as a metrics label; undefined when it has not ended here. */
export type RecordingOutcome = string | undefined

/**
 * Runs a recording from take to take until it has ended, or must go on elsewhere. A take that ends by itself is followed
 * by the next one at once, while what it has left to store is still stored.
 */
export async function runRecording(
  ports: RecordingPorts,
  recordingId: string,
  signals: RunSignals,
): Promise<RecordingOutcome> {
  const outcome = await runTakes(ports, recordingId, signals).catch(ignoreDeleted)
  if (outcome !== undefined) await ports.clips.recordingEnded(recordingId)
  return outcome
}

async function runTakes(ports: RecordingPorts, recordingId: string, signals: RunSignals): Promise<RecordingOutcome> {
  const { takes, metrics } = ports
  const left = AbortSignal.any([signals.stop, signals.lost])
  const old: Promise<void>[] = []
  const { times } = ports
  const follow = followTakes({ ...ports, lost: signals.lost }, recordingId)
  let step = await follow.resume()
  try {
    for (;;) {
      if (step.action === 'none' || left.aborted) return undefined
      if (step.action === 'close') {
        await Promise.all(old)
        return await closeRecording(ports, recordingId, step)
      }
      await pause(step.delayMs, left)
      if (left.aborted) return undefined
      const { since } = step
      const beginning = await step.begin()
      if ('action' in beginning) {
        step = follow.heed(beginning)
        continue
      }
      const { request, written } = beginning
      const onStarted = () => {
        if (since !== null) metrics.observeRecovery((Date.now() - Date.parse(since)) / 1000)
      }
      const start = (asked: RecorderRequest, onStarted = () => {}): RunningTake => {
        const take = startTake({ ...ports, times, onStarted }, asked, { after: written })
        old.push(take.gone)
        return take
      }
      const onTaken = (take: RunningTake) => {
        const listening = followWorkerSignals(take, signals, times)
        void take.gone.then(() => listening[Symbol.dispose]())
      }
      const take = start(request, onStarted)
      onTaken(take)
      const relay = runHandover({ ...ports, start, onTaken, left }, { take, request, written, epochMs: epochOf(take) })
      const instead = await Promise.race([relay.then(() => undefined), written]).catch((thrown: unknown) => {
        take.terminate()
        throw thrown
      })
      if (instead !== undefined) {
        take.leave()
        take.terminate()
        step = follow.heed(instead)
        continue
      }
      const { end, ...last } = await relay
      if (end.kind !== 'interrupted') {
        await last.take.written
        return end.kind === 'ended' ? 'completed' : undefined
      }
      if (signals.lost.aborted) return undefined
      step = await follow.after({ ...last, written, end }, { isLeaving: signals.stop.aborted })
    }
  } finally {
    takes.release(recordingId)
    if (!signals.lost.aborted) {
      try {
        if (signals.stop.aborted) await signals.handBack?.()
      } finally {
        await Promise.all(old)
      }
    }
  }
}

/** The recorder hears when its worker stops or has lost the recording, for as long as the process is there. */
function followWorkerSignals(
  take: RunningTake,
  { stop, lost, handBack }: RunSignals,
  { overtakeMs }: Pick<TakeTimes, 'overtakeMs'>,
): Disposable {
  const listeners = new DisposableStack()
  const on = (signal: AbortSignal, act: () => void) => {
    if (signal.aborted) return act()
    signal.addEventListener('abort', act, { once: true })
    listeners.defer(() => signal.removeEventListener('abort', act))
  }
  on(stop, () => {
    if (handBack === undefined) return take.terminate()
    take.leave()
    const timer = setTimeout(() => take.terminate(), overtakeMs)
    void take.gone.then(() => clearTimeout(timer))
  })
  on(lost, () => {
    take.leave()
    // The job that was handed back counts as lost too: `terminate` has its time.
    if (handBack === undefined || !stop.aborted) take.abandon()
  })
  return listeners
}

async function closeRecording(
  ports: RecordingPorts,
  recordingId: string,
  { verdict, isOrphaned }: { readonly verdict: Verdict; readonly isOrphaned: boolean },
): Promise<RecordingOutcome> {
  if (isOrphaned) {
    await ports.enqueueFinalize(recordingId, ORPHAN_GRACE_SEC)
    return undefined
  }
  const { finalizer, takes, logger } = ports
  const stored = await inTime(finalizer.finalize(recordingId, verdict)).catch(async (err: unknown) => {
    logger.error({ err }, 'the playlists of the recording cannot be closed now; it is tried again')
    await ports.enqueueFinalize(recordingId, 5)
    return undefined
  })
  await untilWritten(() => takes.close(recordingId, verdict, stored), logger)
  return verdict.error?.code ?? 'completed'
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

/** A store that hangs must not hold back the news that the recording has ended. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = () =>
    reject(new AppError('store.unavailable', `The store did not answer within ${FINALIZE_MS / 1000} s.`))
  const timer = setTimeout(late, FINALIZE_MS)
  return await Promise.race([work, promise]).finally(() => clearTimeout(timer))
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs === 0 || signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, delayMs)
  const wake = () => resolve()
  signal.addEventListener('abort', wake, { once: true })
  await promise
  clearTimeout(timer)
  signal.removeEventListener('abort', wake)
}
