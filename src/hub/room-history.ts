import type { Signal } from '../protocol/index.ts'

/** The hub's memory: every signal of a room, numbered from 1 in the order of arrival. */
export interface RoomHistory {
  /** Stores signals that already carry `id`; returns them with their `seq`. One whose `id` is known keeps its old `seq`. */
  append(room: string, signals: readonly Signal[]): Promise<readonly Signal[]>
  /** The room's signals with `seq` greater than `afterSeq`, in order. */
  since(room: string, afterSeq: number): Promise<readonly Signal[]>
}
