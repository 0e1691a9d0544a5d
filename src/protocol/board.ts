import Type, { type Static } from 'typebox'
import { NameSchema } from './ids.ts'

/** The whiteboard's own coordinate space, in board units; a picture of any size scales it. */
export const BOARD_WIDTH = 1600
export const BOARD_HEIGHT = 900

const Coordinate = Type.Number({ minimum: -16000, maximum: 16000 })
const Color = Type.String({ pattern: '^#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?$' })
const common = {
  id: Type.String({ minLength: 1, maxLength: 64 }),
  /** Grows with every change of this element; the higher version wins. */
  version: Type.Integer({ minimum: 0 }),
  /** Breaks the tie between equal versions: the higher nonce wins. */
  nonce: Type.Integer({ minimum: 0 }),
  color: Type.Optional(Color),
  /** Drawing order; equal values are ordered by id. */
  z: Type.Optional(Type.Number()),
}
const Stroked = { strokeWidth: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 200 })) }
const Filled = { fill: Type.Optional(Color) }
const Box = { x: Coordinate, y: Coordinate, width: Coordinate, height: Coordinate }
const Ends = { x1: Coordinate, y1: Coordinate, x2: Coordinate, y2: Coordinate }
const strict = { additionalProperties: false }

/** `[x, y]` or `[x, y, pressure]`, pressure from 0 to 1. */
const Point = Type.Array(Type.Number({ minimum: -16000, maximum: 16000 }), { minItems: 2, maxItems: 3 })

const StrokeElementSchema = Type.Object(
  { ...common, ...Stroked, kind: Type.Literal('stroke'), points: Type.Array(Point, { minItems: 1, maxItems: 20000 }) },
  strict,
)
const LineElementSchema = Type.Object({ ...common, ...Stroked, ...Ends, kind: Type.Literal('line') }, strict)
const ArrowElementSchema = Type.Object({ ...common, ...Stroked, ...Ends, kind: Type.Literal('arrow') }, strict)
const RectElementSchema = Type.Object({ ...common, ...Stroked, ...Filled, ...Box, kind: Type.Literal('rect') }, strict)
const EllipseElementSchema = Type.Object(
  { ...common, ...Stroked, ...Filled, ...Box, kind: Type.Literal('ellipse') },
  strict,
)
const TextElementSchema = Type.Object(
  {
    ...common,
    kind: Type.Literal('text'),
    x: Coordinate,
    y: Coordinate,
    text: Type.String({ maxLength: 10000 }),
    size: Type.Optional(Type.Number({ minimum: 4, maximum: 400 })),
  },
  strict,
)
const ImageElementSchema = Type.Object(
  {
    ...common,
    ...Box,
    kind: Type.Literal('image'),
    url: Type.String({ maxLength: 2_000_000, description: 'https or data:image/' }),
  },
  strict,
)
/** One drawn thing of a board page. */
const BoardElementSchema = Type.Union([
  StrokeElementSchema,
  LineElementSchema,
  ArrowElementSchema,
  RectElementSchema,
  EllipseElementSchema,
  TextElementSchema,
  ImageElementSchema,
])
export type BoardElement = Static<typeof BoardElementSchema>
export type StrokeElement = Static<typeof StrokeElementSchema>

/** Puts (adds or replaces) an element, or deletes one. A deletion has a version too, so it may arrive early. */
export const BoardOpSchema = Type.Union([
  Type.Object({ action: Type.Literal('put'), element: BoardElementSchema }, strict),
  Type.Object(
    {
      action: Type.Literal('delete'),
      id: Type.String({ minLength: 1, maxLength: 64 }),
      version: Type.Integer({ minimum: 0 }),
      nonce: Type.Integer({ minimum: 0 }),
    },
    strict,
  ),
])
export type BoardOp = Static<typeof BoardOpSchema>

export const BoardPageSchema = Type.Object(
  { id: NameSchema, elements: Type.Array(BoardElementSchema, { maxItems: 10000 }) },
  strict,
)
