import type { ClipRequest, ClipResult, ErrorInfo, RecapJob, RecapResult } from '../../protocol/index.ts'
import type { ClipsOfDeleted } from '../../recording/index.ts'

/** What depends on the machine that cuts, not on the highlight. */
export type ClipperSurroundings = Pick<ClipRequest, 'store' | 'ffmpegPath' | 'logLevel'>

/** The use cases of the workers that run recorders and clip functions. */
export interface Clips extends Disposable {
  /** Everything of the recording before `endMs` is stored: what waits for no more is planned, soon and in its turn. */
  storedUntil(recordingId: string, endMs: number): void
  /** A take records: it is asked for the cuts that highlights still wait for. Errors: of the database. */
  takeStarted(recordingId: string): Promise<void>
  /** Nothing more will be stored: what still waits gets what there is. Never throws; the sweep does what failed. */
  recordingEnded(recordingId: string): Promise<void>
  /**
   * Does what nobody did, because a service stopped, a worker died or a store was away: plans what is due, queues
   * what is to be cut, ends deletions. Keeps what waiting highlights need of rolling recordings. Never throws.
   */
  sweep(): Promise<void>
  /** Calls back when a highlight was triggered: a clip will be cut. */
  watchTriggers(onTrigger: () => void): Disposable
  /** Undefined when there is nothing to cut (any more). */
  begin(ids: HighlightIds, surroundings: ClipperSurroundings): Promise<ClipRequest | undefined>
  /** The clip is stored and verified. */
  finish(ids: HighlightIds, result: ClipResult): Promise<void>
  /** The clip cannot be made, after the last attempt. */
  fail(ids: HighlightIds, error: ErrorInfo): Promise<void>
  /** Leaves out what was deleted since; the recap says so. Undefined when there is nothing to render (any more). */
  beginRecap(ids: RecapIds, surroundings: ClipperSurroundings): Promise<RecapJob | undefined>
  finishRecap(ids: RecapIds, result: RecapResult): Promise<void>
  failRecap(ids: RecapIds, error: ErrorInfo): Promise<void>
  /** What the deletion of a recording asks. */
  readonly ofDeleted: ClipsOfDeleted
}

/** Both: the media of a highlight whose row is gone are found by them. */
export interface HighlightIds {
  readonly recordingId: string
  readonly highlightId: string
}

/** Both, likewise. */
export interface RecapIds {
  readonly recordingId: string
  readonly recapId: string
}
