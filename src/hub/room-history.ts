import type { Signal } from '../protocol/index.ts'

/** The stored signals of rooms, numbered from 1 in the order of arrival, whichever process received them. */
export interface RoomHistory {
  /** Stores signals that carry an `id`; returns them with their `seq`. Idempotent: what a sender (`from`) sends with an `id` that it used before is returned as stored. */
  append(room: string, signals: readonly Signal[]): Promise<readonly Signal[]>
  /**
   * The room's signals with `seq` greater than `afterSeq`, in order. With `limit` the first so many of them, or fewer where those are
   * many MiB: only an empty page is the end.
   */
  since(room: string, afterSeq: number, limit?: number): Promise<readonly Signal[]>
  /** The number of the newest signal; 0 before the first. New numbers have no gaps. */
  lastSeq(room: string): Promise<number>
  /** Calls back with the newest number whenever any process stored signals; with undefined when calls may have been missed. */
  watch(room: string, onStored: (seq: number | undefined) => void): Disposable
}

/** The part of the history that may be compacted. */
export interface OldHistory extends Pick<RoomHistory, 'since'> {
  /**
   * Claims some rooms that have signals from before this time, with the number of the last of them. Each room is claimed once
   * a day over all processes, and only when it has had new signals since.
   */
  claim(before: Date): Promise<readonly { readonly room: string; readonly oldSeq: number }[]>
  /** Deletes the signals of these numbers. */
  remove(room: string, seqs: readonly number[]): Promise<void>
}
