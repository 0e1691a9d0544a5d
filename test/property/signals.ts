import fc from 'fast-check'
import { type BoardElement, type BoardOp, LAYOUT_NAMES, type Signal } from '../../src/protocol/index.ts'

const person = fc.constantFrom('amy', 'ben', 'li')
const page = fc.constantFrom('p1', 'p2')
/** Few different instants, so that many signals share one. */
const head = {
  v: fc.constant(1 as const),
  at: fc.integer({ min: 1, max: 6 }),
  seq: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  from: person,
}
const version = { version: fc.integer({ min: 0, max: 3 }), nonce: fc.integer({ min: 0, max: 2 }) }
const elementId = fc.constantFrom('e1', 'e2', 'e3')

const element: fc.Arbitrary<BoardElement> = fc.record({
  ...version,
  id: elementId,
  kind: fc.constant('line' as const),
  x1: fc.integer({ min: 0, max: 3 }),
  y1: fc.constant(0),
  x2: fc.constant(100),
  y2: fc.constant(100),
})
const put: fc.Arbitrary<BoardOp> = fc.record({ action: fc.constant('put' as const), element })
const remove: fc.Arbitrary<BoardOp> = fc.record({ action: fc.constant('delete' as const), id: elementId, ...version })

const type = <T extends string>(name: T) => fc.constant(name)
const kind = fc.constantFrom('audio' as const, 'video' as const)
const name = fc.option(fc.constantFrom('Amy', 'Ben'), { nil: undefined })
const role = fc.option(fc.constantFrom('presenter' as const, 'participant' as const), { nil: undefined })
const layout = fc.record({ name: fc.constantFrom(...LAYOUT_NAMES.filter((layoutName) => layoutName !== 'custom')) })

const bodies: fc.Arbitrary<Signal>[] = [
  fc.record({ ...head, type: type('participant.joined'), name, role }),
  fc.record({ ...head, type: type('participant.updated'), name, role }),
  fc.record({ ...head, type: type('participant.left') }),
  fc.record({ ...head, type: type('media.muted'), kind }),
  fc.record({ ...head, type: type('media.unmuted'), kind }),
  fc.record({ ...head, type: type('active.speaker'), participant: fc.option(person) }),
  fc.record({ ...head, type: type('chat.message'), text: fc.constantFrom('hi', 'ho') }),
  fc.record({ ...head, type: type('hand.raised') }),
  fc.record({ ...head, type: type('hand.lowered') }),
  fc.record({ ...head, type: type('caption'), text: fc.constantFrom('so', 'and') }),
  fc.record({ ...head, type: type('layout.set'), layout }),
  fc.record({ ...head, type: type('board.op'), page, op: fc.oneof(put, remove) }),
  fc.record({ ...head, type: type('board.page'), page }),
  fc.record({ ...head, type: type('custom'), name: fc.constant('poll') }),
  fc.record({ ...head, type: type('some.future-type') }),
  fc.record({
    ...head,
    type: type('board.snapshot'),
    pages: fc.array(fc.record({ id: page, elements: fc.array(element, { maxLength: 3 }) }), { maxLength: 2 }),
    current: fc.option(page, { nil: undefined }),
  }),
] as fc.Arbitrary<Signal>[]

/** Signals that collide as often as they can: in time, in sequence, in id, and on the same fields. */
export const signals: fc.Arbitrary<Signal[]> = fc.array(
  fc
    .tuple(fc.oneof(...bodies), fc.option(fc.constantFrom('i1', 'i2', 'i3', 'i4'), { nil: undefined }))
    .map(([signal, id]) => (id === undefined ? signal : { ...signal, id })),
  { maxLength: 40 },
)

/** The same signals in another order, some of them twice, cut into batches. */
export function deliveriesOf(sent: readonly Signal[]): fc.Arbitrary<Signal[][]> {
  return fc
    .tuple(
      fc.shuffledSubarray([...sent], { minLength: sent.length }),
      fc.subarray([...sent]),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 40 }),
    )
    .chain(([shuffled, repeated, sizes]) =>
      fc
        .shuffledSubarray([...shuffled, ...repeated], { minLength: shuffled.length + repeated.length })
        .map((all) => cutInto(all, sizes)),
    )
}

function cutInto(all: readonly Signal[], sizes: readonly number[]): Signal[][] {
  const batches: Signal[][] = []
  for (let index = 0, turn = 0; index < all.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    batches.push(all.slice(index, index + size))
    index += size
  }
  return batches
}
