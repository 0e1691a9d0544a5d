/**
 * What a recording is and what may be done with it: the state machine, the use cases, and the ports that drivers
 * implement. It knows no database, no queue, no process and no HTTP.
 */
export { applyOrder, applyReport, beginTake, move, type TakeReport } from './changes.ts'
export { checkLayout, checkSpec, MAX_SOURCES } from './check-spec.ts'
export { createEventFeed } from './create-event-feed.ts'
export { createRecordings, type RecordingsPorts } from './create-recordings.ts'
export { createTakes, type Takes, type TakesPorts } from './create-takes.ts'
export { ACK_TIMEOUT_MS } from './obey.ts'
export type * from './ports.ts'
export {
  buildRecord,
  buildRecorderRequest,
  type RecorderSurroundings,
  type RecordingRecord,
  roomOf,
  type SourceRecord,
} from './record.ts'
export type * from './recordings.ts'
export { isFinal, isRunning, nextState, OPEN_STATES, type Transition } from './state.ts'
export { toRecording, toSource } from './view.ts'
export { createWriter, type RecordingWriter } from './write.ts'
