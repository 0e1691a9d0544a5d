/**
 * What a recording is and what may be done with it: the state machine, the use cases, and the ports that drivers
 * implement. It knows no database, no queue, no process and no HTTP.
 */
export { applyCommand, applyReport, applyStored, beginTake, closeRecord, move, wrongState } from './changes.ts'
export { checkSpec } from './check-spec.ts'
export { createEventFeed } from './create-event-feed.ts'
export { createRecordings, type RecordingsPorts } from './create-recordings.ts'
export { cursorAfter, parseCursor } from './cursor.ts'
export { ignoreDeleted } from './ignore-deleted.ts'
export type {
  Change,
  Clock,
  CommandLog,
  EventDraft,
  EventLog,
  Finalizer,
  RecordingRepository,
  Refusal,
  RoomAccess,
  StartQueue,
  StoredCommand,
  TakeQueue,
  WebhookQueue,
  WorkerRegistry,
} from './ports.ts'
export {
  buildRecord,
  buildRecorderRequest,
  type Deletion,
  type RecorderSurroundings,
  type RecordingRecord,
  type SourceRecord,
  type TakeRecord,
  type Verdict,
} from './record.ts'
export type { IdempotencyKeys, Recordings } from './recordings.ts'
export { createSchedules, type ScheduleBook } from './schedules/schedules.ts'
export { createDueStarts, type DueRecording, type DueStarts } from './schedules/start-due.ts'
export { dueAt, isOverdue, LATEST_START_MS } from './schedules/start-queue.ts'
export { isFinal, isRunning, nextState, OPEN_STATES, type Transition } from './state.ts'
export { createTakes } from './takes/create-takes.ts'
export { DEFAULT_RECOVERY, planNextTake, type RecoveryPolicy } from './takes/plan-next-take.ts'
export type { NextStep } from './takes/plan-step.ts'
export { planSwitchTime } from './takes/plan-switch-time.ts'
export type { OfflineTake, Takes } from './takes/takes.ts'
export { toRecording } from './view.ts'
export { createWriter, type RecordingWriter } from './write.ts'
