/**
 * What a recording is and what may be done with it: the state machine, the use cases, and the ports that drivers
 * implement. It knows no database, no queue, no process and no HTTP.
 */
export { applyStored, move, wrongState } from './changes.ts'
export { checkSpec } from './check-spec.ts'
export { createEventFeed } from './create-event-feed.ts'
export { createRecordings, type RecordingsPorts } from './create-recordings.ts'
export { cursorAfter, cutPage, type PageOfRecords, type PageQuery, pageOfRecords, parseCursor } from './cursor.ts'
export { ignoreDeleted } from './ignore-deleted.ts'
export type {
  Clock,
  CommandLog,
  EventDraft,
  EventLog,
  Finalizer,
  OpenWork,
  RecordingRepository,
  Refusal,
  RoomAccess,
  StartQueue,
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
export type { EventFeed, IdempotencyKeys, Once, Recordings } from './recordings.ts'
export { createSchedules, type ScheduleBook, type Schedules } from './schedules/schedules.ts'
export { createDueStarts, type DueRecording, type DueStarts } from './schedules/start-due.ts'
export { dueAt, LATEST_START_MS } from './schedules/start-queue.ts'
export { isFinal, isRunning, OPEN_STATES } from './state.ts'
export { createTakes } from './takes/create-takes.ts'
export { DEFAULT_RECOVERY, type RecoveryPolicy } from './takes/plan-next-take.ts'
export type { NextStep } from './takes/plan-step.ts'
export { planSwitchTime } from './takes/plan-switch-time.ts'
export type { OfflineTake, Takes } from './takes/takes.ts'
export { createWriter, type RecordingWriter } from './write.ts'
