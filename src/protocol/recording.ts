import Type, { type Static } from 'typebox'
import { HighlightRuleSchema } from './highlights.ts'
import { InstantSchema, listOf, RecordingIdSchema, RoomNameSchema } from './ids.ts'
import { LayoutSchema } from './layout.ts'
import { MetadataSchema } from './metadata.ts'
import { ErrorInfoSchema } from './problem.ts'
import { MAX_SOURCES, SourceSchema, SourceSpecSchema } from './sources.ts'
import { VideoSettingsSchema, VideoSpecSchema } from './video.ts'

const strict = { additionalProperties: false }

const INSTANT = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$'

const AudioSettingsSchema = Type.Object(
  { bitrateKbps: Type.Optional(Type.Integer({ minimum: 32, maximum: 320, default: 96 })) },
  strict,
)
const WebhookSpecSchema = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 4096, description: 'http or https' }),
    secret: Type.String({ minLength: 16, maxLength: 256, description: 'Key of the HMAC-SHA256 signature' }),
  },
  strict,
)
const SignallingSchema = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 4096, description: 'ws or wss' }),
    token: Type.Optional(Type.String({ maxLength: 4096 })),
  },
  strict,
)
export type Signalling = Static<typeof SignallingSchema>
/** The body of `POST /v1/recordings`, and the file that `panorec record` reads. */
export const RecordingSpecSchema = Type.Object(
  {
    room: Type.Optional(RoomNameSchema),
    signalling: Type.Optional(SignallingSchema),
    sources: Type.Optional(Type.Array(SourceSpecSchema, { maxItems: MAX_SOURCES })),
    layout: Type.Optional(LayoutSchema),
    template: Type.Optional(Type.Object({ url: Type.String({ minLength: 1, maxLength: 4096 }) }, strict)),
    video: Type.Optional(VideoSpecSchema),
    audio: Type.Optional(AudioSettingsSchema),
    segmentSec: Type.Optional(Type.Number({ minimum: 0.5, maximum: 10, default: 2 })),
    maxDurationSec: Type.Optional(Type.Integer({ minimum: 1, maximum: 604800, default: 86400 })),
    /** The longest take: a little before, the next one takes over without a gap. For platforms that end functions after a while. */
    maxTakeSec: Type.Optional(Type.Integer({ minimum: 60, maximum: 604800 })),
    /** When it shall begin; without it at once. */
    startAt: Type.Optional(
      Type.String({ pattern: INSTANT, description: 'RFC 3339, UTC', examples: ['2026-11-21T09:00:00Z'] }),
    ),
    /** It ends by itself when nothing has happened for so long; without a rule it goes on. */
    idle: Type.Optional(
      Type.Object(
        {
          /** No source was live. */
          noLiveSourceSec: Type.Optional(Type.Integer({ minimum: 5, maximum: 86400 })),
          /** Nobody who joined by `participant.joined` was in the room. */
          emptyRoomSec: Type.Optional(Type.Integer({ minimum: 5, maximum: 86400 })),
          /** It was paused, and nobody resumed it. */
          pausedSec: Type.Optional(Type.Integer({ minimum: 5, maximum: 86400 })),
        },
        strict,
      ),
    ),
    retention: Type.Optional(
      Type.Object(
        {
          /** It is deleted this long after its end; without it as `PANOREC_RETENTION_DAYS` says. Highlights stay. */
          maxAgeSec: Type.Optional(Type.Integer({ minimum: 1, maximum: 315360000 })),
          /** Only the last so many seconds of media are kept, also while it runs. What a highlight needs stays. */
          rollingSec: Type.Optional(Type.Integer({ minimum: 60, maximum: 604800 })),
        },
        strict,
      ),
    ),
    /** How long it may wait for a recorder; without it as `PANOREC_MAX_QUEUE_SEC` says. */
    maxQueueSec: Type.Optional(Type.Integer({ minimum: 0, maximum: 86400 })),
    highlights: Type.Optional(
      Type.Object(
        {
          preSec: Type.Optional(Type.Number({ minimum: 0, maximum: 600, default: 20 })),
          postSec: Type.Optional(Type.Number({ minimum: 0, maximum: 600, default: 10 })),
          rules: Type.Optional(Type.Array(HighlightRuleSchema, { maxItems: 16 })),
        },
        strict,
      ),
    ),
    webhooks: Type.Optional(Type.Array(WebhookSpecSchema, { maxItems: 8 })),
    metadata: Type.Optional(MetadataSchema),
  },
  { $id: 'RecordingSpec', ...strict },
)
export type RecordingSpec = Static<typeof RecordingSpecSchema>

export const DEFAULT_AUDIO_BITRATE_KBPS = 96
export const DEFAULT_SEGMENT_SEC = 2
export const DEFAULT_MAX_DURATION_SEC = 86400

export const RECORDING_STATES = [
  'requested',
  'starting',
  'recording',
  'paused',
  'recovering',
  'finalizing',
  'completed',
  'failed',
] as const
export type RecordingState = (typeof RECORDING_STATES)[number]

/** One uninterrupted run of one recorder process. */
const TakeSchema = Type.Object(
  {
    number: Type.Integer({ minimum: 1 }),
    startedAt: InstantSchema,
    endedAt: Type.Union([InstantSchema, Type.Null()]),
    /** Media stored by this take, seconds. */
    durationSec: Type.Number(),
    segments: Type.Integer(),
    error: Type.Union([ErrorInfoSchema, Type.Null()]),
  },
  { $id: 'Take', ...strict },
)
export type Take = Static<typeof TakeSchema>

/** What the running recorder last reported; null before its first report. */
const RecordingStatsSchema = Type.Object(
  {
    /** Pictures encoded since the take began. */
    frames: Type.Integer(),
    /** Pictures dropped before they were encoded. */
    droppedFrames: Type.Integer(),
    segments: Type.Integer(),
    bytes: Type.Integer(),
    /** From the last frame of a segment to its confirmation by the store, milliseconds, newest. */
    segmentLatencyMs: Type.Number(),
    /** CPU of the recorder and its Chrome, cores. */
    cpuCores: Type.Number(),
    /** Memory of the recorder and its Chrome, bytes, PSS. */
    memoryBytes: Type.Integer(),
  },
  { $id: 'RecordingStats', ...strict },
)
export type RecordingStats = Static<typeof RecordingStatsSchema>

/** Why a recording waits: a worker will have it in a moment, none is there, or all have too much to do. */
const QUEUE_REASONS = ['starting', 'no-worker', 'slots', 'cpu', 'memory'] as const
export type QueueReason = (typeof QUEUE_REASONS)[number]
const QueuedSchema = Type.Object(
  {
    /** 1 is the next that a worker takes. */
    position: Type.Integer({ minimum: 1 }),
    since: InstantSchema,
    reason: Type.Enum([...QUEUE_REASONS]),
  },
  { $id: 'Queued', ...strict },
)
export type Queued = Static<typeof QueuedSchema>

export const RecordingSchema = Type.Object(
  {
    id: RecordingIdSchema,
    state: Type.Enum([...RECORDING_STATES]),
    room: Type.Union([RoomNameSchema, Type.Null()]),
    createdAt: InstantSchema,
    startedAt: Type.Union([InstantSchema, Type.Null()]),
    endedAt: Type.Union([InstantSchema, Type.Null()]),
    /** The scheduled start; null when the recording begins at once. */
    startAt: Type.Optional(Type.Union([InstantSchema, Type.Null()])),
    /** When the pause began, also while no recorder runs; null when the recording is not paused. */
    pausedAt: Type.Optional(Type.Union([InstantSchema, Type.Null()])),
    /** The place in the start queue, while the recording waits for a recorder. Events leave it out: it changes with other recordings. */
    queued: Type.Optional(Type.Union([QueuedSchema, Type.Null()])),
    durationSec: Type.Number(),
    video: VideoSettingsSchema,
    segmentSec: Type.Number(),
    maxDurationSec: Type.Integer(),
    layout: LayoutSchema,
    sources: Type.Array(SourceSchema),
    takes: Type.Array(TakeSchema),
    stats: Type.Union([RecordingStatsSchema, Type.Null()]),
    error: Type.Union([ErrorInfoSchema, Type.Null()]),
    metadata: MetadataSchema,
    traceId: Type.String(),
    links: Type.Object({ live: Type.String(), index: Type.String() }, strict),
  },
  { $id: 'Recording', ...strict },
)
export type Recording = Static<typeof RecordingSchema>

export const RecordingListSchema = listOf(RecordingSchema, 'RecordingList')
export type RecordingList = Static<typeof RecordingListSchema>
