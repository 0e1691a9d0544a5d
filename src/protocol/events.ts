import Type, { type Static } from 'typebox'
import { HighlightSchema, RecapSchema } from './highlights.ts'
import { HighlightIdSchema, InstantSchema, RecordingIdSchema } from './ids.ts'
import { ErrorInfoSchema } from './problem.ts'
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
    /** A take goes on, but something is wrong with it that somebody should look at. */
    Type.Object(
      { ...head, type: Type.Literal('recording.warning'), take: Type.Integer(), warning: ErrorInfoSchema },
      strict,
    ),
    Type.Object({ ...head, type: Type.Literal('recording.deleted') }, strict),
    Type.Object({ ...head, type: Type.Literal('source.state'), source: SourceSchema }, strict),
    Type.Object({ ...head, type: Type.Literal('source.removed'), sourceId: Type.String() }, strict),
    Type.Object({ ...head, type: Type.Literal('highlight.created'), highlight: HighlightSchema }, strict),
    /** `clip.m3u8` is there. */
    Type.Object({ ...head, type: Type.Literal('highlight.playable'), highlight: HighlightSchema }, strict),
    /** `clip.mp4`, the poster and the preview are there. */
    Type.Object({ ...head, type: Type.Literal('highlight.ready'), highlight: HighlightSchema }, strict),
    Type.Object({ ...head, type: Type.Literal('highlight.failed'), highlight: HighlightSchema }, strict),
    /** Its label or its favourite mark changed. */
    Type.Object({ ...head, type: Type.Literal('highlight.updated'), highlight: HighlightSchema }, strict),
    Type.Object({ ...head, type: Type.Literal('highlight.deleted'), highlightId: HighlightIdSchema }, strict),
    Type.Object({ ...head, type: Type.Literal('recap.ready'), recap: RecapSchema }, strict),
    Type.Object({ ...head, type: Type.Literal('recap.failed'), recap: RecapSchema }, strict),
  ],
  { $id: 'Event' },
)
export type Event = Static<typeof EventSchema>
export type EventType = Event['type']
