import Type, { type Static } from 'typebox'
import { HighlightIdSchema, InstantSchema, listOf, NameSchema, RecordingIdSchema } from './ids.ts'
import { MetadataSchema } from './metadata.ts'
import { ErrorInfoSchema } from './problem.ts'

const strict = { additionalProperties: false }

export const DEFAULT_PRE_SEC = 20
export const DEFAULT_POST_SEC = 10
/** The defaults of the optional fields of a rule. */
export const RULE_DEFAULTS = { cooldownSec: 30, messages: 8, withinSec: 10, aboveLu: 10, forSec: 0.8 } as const
const Roll = Type.Number({ minimum: 0, maximum: 600 })
const Label = Type.String({ minLength: 1, maxLength: 200 })

/** The body of `POST /v1/recordings/:id/highlights`. */
export const HighlightTriggerSchema = Type.Object(
  {
    /** The moment itself; without it now. Any time of the recording, and up to an hour ahead. */
    at: Type.Optional(InstantSchema),
    /** Pre-roll, seconds; by default that of the recording's spec, else 20. */
    preSec: Type.Optional(Roll),
    /** Post-roll, seconds; by default that of the recording's spec, else 10. */
    postSec: Type.Optional(Roll),
    label: Type.Optional(Label),
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: 'who triggered it' })),
    metadata: Type.Optional(MetadataSchema),
  },
  { $id: 'HighlightTrigger', ...strict },
)
export type HighlightTrigger = Static<typeof HighlightTriggerSchema>

/** The body of `PATCH /v1/highlights/:id`. */
export const HighlightPatchSchema = Type.Object(
  { label: Type.Union([Label, Type.Null()], { description: 'null takes it away' }) },
  { $id: 'HighlightPatch', ...strict },
)
export type HighlightPatch = Static<typeof HighlightPatchSchema>

/** `waiting`: the post-roll is not stored yet. `cutting`: `clip.m3u8` plays, the exact clip is made. */
export const HIGHLIGHT_STATES = ['waiting', 'cutting', 'ready', 'failed'] as const
export type HighlightState = (typeof HIGHLIGHT_STATES)[number]

/** A part of the clip's range that was never stored. The clip continues behind it without a pause. */
const ClipGapSchema = Type.Object({ from: InstantSchema, to: InstantSchema }, strict)
export type ClipGap = Static<typeof ClipGapSchema>

/** A request for a clip, and what became of it. */
export const HighlightSchema = Type.Object(
  {
    id: HighlightIdSchema,
    recordingId: RecordingIdSchema,
    state: Type.Enum([...HIGHLIGHT_STATES]),
    at: InstantSchema,
    preSec: Type.Number(),
    postSec: Type.Number(),
    label: Type.Union([Type.String(), Type.Null()]),
    by: Type.Union([Type.String(), Type.Null()]),
    metadata: MetadataSchema,
    /** Who asked: a call of the API, a signal of the room, or a rule of the recording. */
    trigger: Type.Enum(['api', 'signal', 'rule']),
    /** The rule's type when a rule triggered it. */
    rule: Type.Union([Type.String(), Type.Null()]),
    /** What the clip covers: the asked range, once planned the one that the recording has. */
    from: InstantSchema,
    to: InstantSchema,
    /** The asked ends that lie outside the recording; null when the clip has the whole asked range. */
    clamped: Type.Union([
      Type.Object({ from: Type.Optional(InstantSchema), to: Type.Optional(InstantSchema) }, strict),
      Type.Null(),
    ]),
    gaps: Type.Array(ClipGapSchema),
    /** Length of the exact clip, seconds; null until it is ready. */
    durationSec: Type.Union([Type.Number(), Type.Null()]),
    /** Bytes of `clip.mp4`. */
    bytes: Type.Union([Type.Integer(), Type.Null()]),
    favourite: Type.Boolean(),
    createdAt: InstantSchema,
    playableAt: Type.Union([InstantSchema, Type.Null()]),
    readyAt: Type.Union([InstantSchema, Type.Null()]),
    error: Type.Union([ErrorInfoSchema, Type.Null()]),
    traceId: Type.String(),
    /** They answer once the state says so: `playlist` from `playableAt` on, the others from `readyAt` on. */
    links: Type.Object(
      { playlist: Type.String(), mp4: Type.String(), poster: Type.String(), preview: Type.String() },
      strict,
    ),
  },
  { $id: 'Highlight', ...strict },
)
export type Highlight = Static<typeof HighlightSchema>

export const HighlightListSchema = listOf(HighlightSchema, 'HighlightList')
export type HighlightList = Static<typeof HighlightListSchema>

const ruleHead = {
  /** The label of its highlights; without it a name of the rule. */
  label: Type.Optional(Label),
  preSec: Type.Optional(Roll),
  postSec: Type.Optional(Roll),
  /** After a highlight of this rule, the rule rests for so long. */
  cooldownSec: Type.Optional(Type.Number({ minimum: 0, maximum: 3600, default: RULE_DEFAULTS.cooldownSec })),
}

/** What triggers a highlight by itself while a recording runs. */
export const HighlightRuleSchema = Type.Union(
  [
    /** A hand goes up: of `from`, or of anybody. */
    Type.Object({ type: Type.Literal('hand'), from: Type.Optional(NameSchema), ...ruleHead }, strict),
    /** At least `messages` chat messages within `withinSec`. */
    Type.Object(
      {
        type: Type.Literal('chat-burst'),
        messages: Type.Optional(Type.Integer({ minimum: 2, maximum: 1000, default: RULE_DEFAULTS.messages })),
        withinSec: Type.Optional(Type.Number({ minimum: 1, maximum: 300, default: RULE_DEFAULTS.withinSec })),
        ...ruleHead,
      },
      strict,
    ),
    /** Applause or laughter: the mix is so much louder than it usually is, for so long. */
    Type.Object(
      {
        type: Type.Literal('loudness'),
        /** Momentary loudness above the median of the last minute, loudness units (ITU-R BS.1770-5). */
        aboveLu: Type.Optional(Type.Number({ minimum: 3, maximum: 40, default: RULE_DEFAULTS.aboveLu })),
        forSec: Type.Optional(Type.Number({ minimum: 0.2, maximum: 10, default: RULE_DEFAULTS.forSec })),
        ...ruleHead,
      },
      strict,
    ),
    /** A `custom` signal of this name. */
    Type.Object(
      { type: Type.Literal('custom'), name: Type.String({ minLength: 1, maxLength: 128 }), ...ruleHead },
      strict,
    ),
  ],
  { $id: 'HighlightRule' },
)
export type HighlightRule = Static<typeof HighlightRuleSchema>

const MAX_SHARE_SEC = 366 * 24 * 3600
export const DEFAULT_SHARE_SEC = 30 * 24 * 3600
export const ShareIdSchema = Type.String({ pattern: '^shr_[0-9A-HJKMNP-TV-Z]{26}$', description: 'shr_<ulid>' })

/** The body of `POST /v1/highlights/:id/share`. */
export const ShareRequestSchema = Type.Object(
  { expiresInSec: Type.Optional(Type.Integer({ minimum: 60, maximum: MAX_SHARE_SEC, default: DEFAULT_SHARE_SEC })) },
  { $id: 'ShareRequest', ...strict },
)
export type ShareRequest = Static<typeof ShareRequestSchema>
/** A link that opens the clip without a key until it expires or is revoked. */
export const ShareSchema = Type.Object(
  {
    id: ShareIdSchema,
    highlightId: HighlightIdSchema,
    /** The page to hand on. */
    url: Type.String(),
    createdAt: InstantSchema,
    expiresAt: InstantSchema,
    revokedAt: Type.Union([InstantSchema, Type.Null()]),
  },
  { $id: 'Share', ...strict },
)
export type Share = Static<typeof ShareSchema>
export const ShareListSchema = listOf(ShareSchema, 'ShareList')
export type ShareList = Static<typeof ShareListSchema>

export const RecapIdSchema = Type.String({ pattern: '^rcp_[0-9A-HJKMNP-TV-Z]{26}$', description: 'rcp_<ulid>' })
/** The body of `POST /v1/recordings/:id/recap`. */
export const RecapRequestSchema = Type.Object(
  {
    /** The highlights in the order of the film; by default all that are ready, by their time. */
    highlights: Type.Optional(Type.Array(HighlightIdSchema, { minItems: 1, maxItems: 100, uniqueItems: true })),
    title: Type.Optional(Label),
    /** Each clip begins with its label. */
    titles: Type.Optional(Type.Boolean({ default: true })),
    crossfadeSec: Type.Optional(Type.Number({ minimum: 0, maximum: 2, default: 0.5 })),
  },
  { $id: 'RecapRequest', ...strict },
)
export type RecapRequest = Static<typeof RecapRequestSchema>
/** One film of many highlights. */
export const RecapSchema = Type.Object(
  {
    id: RecapIdSchema,
    recordingId: RecordingIdSchema,
    state: Type.Enum(['rendering', 'ready', 'failed']),
    title: Type.Union([Type.String(), Type.Null()]),
    /** The highlights of the film, in its order. */
    highlights: Type.Array(HighlightIdSchema),
    /** Chosen highlights that were deleted before the film was rendered, and that it lacks. */
    omitted: Type.Array(HighlightIdSchema),
    titles: Type.Boolean(),
    crossfadeSec: Type.Number(),
    durationSec: Type.Union([Type.Number(), Type.Null()]),
    bytes: Type.Union([Type.Integer(), Type.Null()]),
    createdAt: InstantSchema,
    readyAt: Type.Union([InstantSchema, Type.Null()]),
    error: Type.Union([ErrorInfoSchema, Type.Null()]),
    traceId: Type.String(),
    links: Type.Object({ mp4: Type.String() }, strict),
  },
  { $id: 'Recap', ...strict },
)
export type Recap = Static<typeof RecapSchema>
export const RecapListSchema = listOf(RecapSchema, 'RecapList')
export type RecapList = Static<typeof RecapListSchema>

/** The filter of a list: a highlight is in it when every given field applies. */
export interface HighlightFilter {
  readonly recordingId?: string
  readonly room?: string
  readonly states?: readonly HighlightState[]
  /** A part of the label, upper and lower case alike. */
  readonly label?: string
  readonly by?: string
  readonly favourite?: boolean
  /** Bounds of the moment (`at`), RFC 3339: from `since` on, before `until`. */
  readonly since?: string
  readonly until?: string
}
