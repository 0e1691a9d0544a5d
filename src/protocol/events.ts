import Type, { type Static } from 'typebox'
import { InstantSchema, RecordingIdSchema } from './ids.ts'
import { RecordingSchema } from './recording.ts'
import { SourceSchema } from './sources.ts'

const head = {
  /** Grows by every event of the service; the `id:` line of the SSE stream and the `Last-Event-ID` to resume after. */
  id: Type.Integer(),
  at: InstantSchema,
  recordingId: RecordingIdSchema,
}
const strict = { additionalProperties: false }

/** One state change: what `GET /v1/events` streams and what a webhook's body is. */
export const EventSchema = Type.Union(
  [
    Type.Object({ ...head, type: Type.Literal('recording.state'), recording: RecordingSchema }, strict),
    Type.Object({ ...head, type: Type.Literal('recording.stats'), recording: RecordingSchema }, strict),
    Type.Object({ ...head, type: Type.Literal('recording.layout'), recording: RecordingSchema }, strict),
    Type.Object({ ...head, type: Type.Literal('source.state'), source: SourceSchema }, strict),
    Type.Object({ ...head, type: Type.Literal('source.removed'), sourceId: Type.String() }, strict),
  ],
  { $id: 'Event' },
)
export type Event = Static<typeof EventSchema>
export type EventType = Event['type']
