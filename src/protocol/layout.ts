import Type, { type Static } from 'typebox'
import { NameSchema } from './ids.ts'

const Fraction = Type.Number({ minimum: 0, maximum: 1 })

const SourceTileSpecSchema = Type.Object(
  {
    source: NameSchema,
    x: Fraction,
    y: Fraction,
    width: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
    height: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
    fit: Type.Optional(Type.Union([Type.Literal('cover'), Type.Literal('contain')])),
  },
  { additionalProperties: false },
)
const BoardTileSpecSchema = Type.Object(
  {
    board: Type.Literal(true),
    x: Fraction,
    y: Fraction,
    width: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
    height: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
  },
  { additionalProperties: false },
)
/** A rectangle of a `custom` layout in fractions of the picture; the list is in drawing order. */
const TileSpecSchema = Type.Union([SourceTileSpecSchema, BoardTileSpecSchema])
export type TileSpec = Static<typeof TileSpecSchema>

export const LAYOUT_NAMES = [
  'grid',
  'speaker',
  'board',
  'side-by-side',
  'single',
  'one-to-one',
  'small-class',
  'lecture',
  'dual-teacher',
  'custom',
] as const
export type LayoutName = (typeof LAYOUT_NAMES)[number]

export const LayoutSchema = Type.Object(
  {
    name: Type.Enum([...LAYOUT_NAMES]),
    focus: Type.Optional(NameSchema),
    view: Type.Optional(Type.Enum(['presenter', 'audience'])),
    labels: Type.Optional(Type.Boolean()),
    tiles: Type.Optional(Type.Array(TileSpecSchema, { minItems: 1, maxItems: 64 })),
  },
  { $id: 'Layout', additionalProperties: false, description: '`tiles` belongs to `custom` and only to it' },
)
/** Which arrangement is drawn. `focus` is a source's id; without it the presenter, else the active speaker. */
export type Layout = Static<typeof LayoutSchema>
