import type { ErrorInfo, Handover, RecorderRequest } from '../../protocol/index.ts'
import type { closeRecord, TakeReport } from '../changes.ts'
import type { Clock, CommandLog, RecordingRepository, RoomAccess, StartQueue, TakeQueue } from '../ports.ts'
import type { RecorderSurroundings, Verdict } from '../record.ts'
import type { RecordingWriter } from '../write.ts'
import type { BrokenTake } from './offline-takes.ts'
import type { RecoveryPolicy } from './plan-next-take.ts'
import type { NextStep } from './plan-step.ts'

/** The next take of a recording before it is written: `delayMs` and `since` as in a written step. */
export interface OfflineTake {
  readonly delayMs: number
  readonly since: string | null
  readonly request: RecorderRequest
}

/** How a worker gets a recording and its takes. */
export interface TakeClaims {
  /**
   * For the worker that was given the recording: whoever had it before has lost it, so a take that still seems to run is over
   * as `recorder.lost`.
   */
  resume(recordingId: string): Promise<NextStep>
  /**
   * Begins the recording's next take, with the number that was reserved for it if there is one; undefined when it was stopped
   * meanwhile, or belongs to another worker: `resume` returns what to do.
   */
  begin(
    recordingId: string,
    surroundings: RecorderSurroundings,
    reserved?: number,
  ): Promise<RecorderRequest | undefined>
  /**
   * What follows a take that ended without being asked to, as far as this process knows it while the database is away. It is
   * to be written with `interrupt` and `begin`, in this order, before anything else of the recording. Undefined when the
   * recording has to wait for the database.
   */
  beginOffline(
    recordingId: string,
    broken: BrokenTake,
    surroundings: RecorderSurroundings,
  ): Promise<OfflineTake | undefined>
  /** The recording is not this worker's any more. */
  release(recordingId: string): void
}

/** How a running take gives the recording to its successor. */
export interface TakeHandovers {
  /**
   * What the take needs that is to take over from the running one; undefined when there is none. Its number is written, so that
   * no other take ever has it, and nothing else of it.
   */
  prepareNext(
    recordingId: string,
    handover: Handover,
    surroundings: RecorderSurroundings,
  ): Promise<RecorderRequest | undefined>
  /** The take `to` has the recording now; false when the recording does not go on after the take `from`, or not with `to`. */
  handOver(recordingId: string, takes: { readonly from: number; readonly to: number }): Promise<boolean>
}

/** What takes report. */
export interface TakeReports {
  /** Writes what the take reports. A take that another has followed can only tell what it stored. */
  report(recordingId: string, take: number, report: TakeReport): Promise<void>
  /** Writes the end of a take that was not asked to end, and decides the next step. */
  interrupt(recordingId: string, take: number, end: { at: string; error: ErrorInfo }): Promise<NextStep>
  /**
   * Writes the recorder's answer to a command: the record changes with it, and the caller that waits is answered. The answers
   * of a take that was given up are ignored: the next one gets the same command.
   */
  answerCommand(
    recordingId: string,
    take: number,
    answer: { readonly commandId: string; readonly error: ErrorInfo | null },
  ): Promise<void>
}

/** How a recording ends that no recorder ends. */
export interface TakeEndings {
  /** How a recording that no recorder has is to be closed in the store; undefined when it is not to be. */
  verdict(recordingId: string): Promise<Verdict | undefined>
  /** Ends a recording whose playlists were closed, or cannot be: then `stored` is undefined. */
  close(recordingId: string, verdict: Verdict, stored: Parameters<typeof closeRecord>[2]): Promise<void>
}

/** What every worker does regularly for recordings that wait for a recorder. */
export interface QueueSweep {
  /** Queues the open recordings that are due and have lost their job, because a process died before it could queue them. */
  requeue(): Promise<void>
  /**
   * Fails recordings that have waited for a recorder for longer than they may: `capacity.exhausted`. To be called again and
   * again: a wait counts only while it is.
   */
  failWaiting(): Promise<void>
  /** Scheduled recordings that are due by then, with the time that is left. */
  scheduled(until: Date): Promise<readonly { readonly recordingId: string; readonly inMs: number }[]>
  /** Queues a recording that is due. Idempotent. */
  enqueue(recordingId: string): Promise<void>
}

/** The use cases of the worker that runs takes. */
export interface Takes extends TakeClaims, TakeHandovers, TakeReports, TakeEndings, QueueSweep {}

export interface TakesPorts {
  readonly repository: RecordingRepository
  readonly writer: RecordingWriter
  readonly commands: CommandLog
  readonly takeQueue: TakeQueue
  readonly roomAccess: RoomAccess
  readonly startQueue: StartQueue
  readonly clock: Clock
  /** How long a recording waits for a recorder that does not say it itself. */
  readonly maxQueueSec: number
  readonly recovery?: RecoveryPolicy
  /** So many takes of a recording may begin one after the other while the database is away; 0 where it never is. */
  readonly takesAhead: number
}
