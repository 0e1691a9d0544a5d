import type { Signal } from '../protocol/index.ts'

/** The hub's memory: every signal of a room, numbered from 1 in the order of arrival, whichever process took it in. */
export interface RoomHistory {
  /** Stores signals that already carry `id`; returns them with their `seq`. One whose `id` is known is returned as stored. */
  append(room: string, signals: readonly Signal[]): Promise<readonly Signal[]>
  /** The room's signals with `seq` greater than `afterSeq`, in order; the first `limit` of them. */
  since(room: string, afterSeq: number, limit?: number): Promise<readonly Signal[]>
  /** The number of the newest signal; 0 before the first. New numbers have no gaps. */
  lastSeq(room: string): Promise<number>
  /** Calls back with the newest number whenever any process stored signals; with undefined when calls may have been missed. */
  watch(room: string, heard: (seq: number | undefined) => void): Disposable
}

/** The part of the memory that may be made smaller. */
export interface OldHistory extends Pick<RoomHistory, 'since'> {
  /**
   * Some rooms that have signals from before this time, with the number of the last of them. Each is named once a day, whoever
   * asks, and only when something new was said in it since.
   */
  claim(before: Date): Promise<readonly { readonly room: string; readonly oldSeq: number }[]>
  /** Takes the signals of these numbers away. */
  remove(room: string, seqs: readonly number[]): Promise<void>
}
