/**
 * What a recording is and what may be done with it: the state machine, the use cases, and the ports that drivers
 * implement. It knows no database, no queue, no process and no HTTP.
 */
export { applyOrder, applyReport, applyStored, beginTake, closeRecord, move, type TakeReport } from './changes.ts'
export { checkLayout, checkSpec, MAX_SOURCES } from './check-spec.ts'
export { createDeletions, type DeletionsPorts } from './create-deletions.ts'
export { createEventFeed } from './create-event-feed.ts'
export { createRecordings, type RecordingsPorts } from './create-recordings.ts'
export {
  type ClipPins,
  createRemovals,
  type NextRemoval,
  planRemoval,
  type RemovalMark,
  type Removals,
  type StoredWindow,
} from './create-removals.ts'
export { createTakes, type ForeseenTake, type Takes, type TakesPorts } from './create-takes.ts'
export { cursorAfter, parseCursor } from './cursor.ts'
export type * from './deletions.ts'
export type { BrokenTake } from './foresight.ts'
export { ignoreDeleted } from './ignore-deleted.ts'
export { ACK_TIMEOUT_MS } from './obey.ts'
export { planBorder } from './plan-border.ts'
export { planDeletion } from './plan-deletion.ts'
export { DEFAULT_RECOVERY, planRecovery, type Recovery, type RecoveryPolicy } from './plan-recovery.ts'
export type { NextStep } from './plan-step.ts'
export type * from './ports.ts'
export {
  buildRecord,
  buildRecorderRequest,
  type Deletion,
  type RecorderSurroundings,
  type RecordingRecord,
  roomOf,
  type SourceRecord,
  type TakeRecord,
  type Verdict,
} from './record.ts'
export type * from './recordings.ts'
export * from './schedules.ts'
export { createDueStarts, type DueRecording, type DueStarts } from './start-due.ts'
export { isFinal, isRunning, nextState, OPEN_STATES, type Transition } from './state.ts'
export { toRecording, toSource } from './view.ts'
export { dueAt, isOverdue, LATEST_START_MS, LEAD_MS, lookAgain, noRoom, type Watch } from './waiting.ts'
export { createWriter, type RecordingWriter } from './write.ts'
