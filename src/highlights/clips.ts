import type { ClipRequest, ClipResult, ErrorInfo, RecapJob, RecapResult } from '../protocol/index.ts'

/** What depends on the machine that cuts, not on the highlight. */
export type ClipperSurroundings = Pick<ClipRequest, 'store' | 'ffmpegPath' | 'logLevel'>

/** The use cases of the workers that run recorders and clip functions. */
export interface Clips extends Disposable {
  /** Everything of the recording before `endMs` is stored: what waits for no more is planned, soon and in its turn. */
  storedUntil(recordingId: string, endMs: number): void
  /** Nothing more will be stored: what still waits gets what there is. Never throws; the sweep does what failed. */
  recordingEnded(recordingId: string): Promise<void>
  /**
   * Does what nobody did, because a service stopped, a worker died or a store was away: plans what is due, queues
   * what is to be cut, ends deletions. Never throws.
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
  beginRecap(recapId: string, surroundings: ClipperSurroundings): Promise<RecapJob | undefined>
  finishRecap(recapId: string, result: RecapResult): Promise<void>
  failRecap(recapId: string, error: ErrorInfo): Promise<void>
}

/** Both: the media of a highlight whose row is gone are found by them. */
export interface HighlightIds {
  readonly recordingId: string
  readonly highlightId: string
}
