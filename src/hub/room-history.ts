import type { Signal } from '../protocol/index.ts'

/** The hub's memory: every signal of a room, numbered from 1 in the order of arrival, whichever process took it in. */
export interface RoomHistory {
  /** Stores signals that already carry `id`; returns them with their `seq`. One whose `id` is known is returned as stored. */
  append(room: string, signals: readonly Signal[]): Promise<readonly Signal[]>
  /** The room's signals with `seq` greater than `afterSeq`, in order. */
  since(room: string, afterSeq: number): Promise<readonly Signal[]>
  /** The number of the newest signal; 0 before the first. Numbers have no gaps. */
  lastSeq(room: string): Promise<number>
  /** Calls back with the newest number whenever any process stored signals; with undefined when calls may have been missed. */
  watch(room: string, heard: (seq: number | undefined) => void): Disposable
}
