import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Signal } from '../../src/protocol/index.ts'
import { currentPage, emptyRoom, type Room, RoomReducer, reduceRoom } from '../../src/room/index.ts'
import { deliveriesOf, signals } from './signals.ts'

function roomOf(batches: readonly (readonly Signal[])[]): Room {
  return batches.reduce<Room>((room, batch) => reduceRoom(room, batch), emptyRoom())
}

/** Maps compare by content, in any order of insertion. */
function plain(room: Room): unknown {
  return JSON.parse(
    JSON.stringify(room, (_key, value: unknown) =>
      value instanceof Map ? Object.fromEntries([...value].sort(([a], [b]) => (a < b ? -1 : 1))) : value,
    ),
  )
}

describe('a room', () => {
  test('is the same for any order, repeats and batches of the same signals', () => {
    fc.assert(
      fc.property(
        signals.chain((sent) => fc.tuple(fc.constant(sent), deliveriesOf(sent))),
        ([sent, batches]) => {
          expect(plain(roomOf(batches))).toEqual(plain(roomOf([sent])))
        },
      ),
      { numRuns: 600 },
    )
  })

  test('is the same from the live reducer and from the pure function', () => {
    fc.assert(
      fc.property(signals.chain(deliveriesOf), (batches) => {
        const reducer = new RoomReducer()
        for (const batch of batches) reducer.apply(batch)
        expect(plain(reducer.room)).toEqual(plain(roomOf(batches)))
      }),
      { numRuns: 200 },
    )
  })

  test('is not changed by what is reduced from it', () => {
    fc.assert(
      fc.property(signals, signals, (before, after) => {
        const room = roomOf([before])
        const written = plain(room)
        reduceRoom(room, after)
        expect(plain(room)).toEqual(written)
      }),
      { numRuns: 200 },
    )
  })

  test('shows a late joiner, who gets a snapshot and then some of the same operations, the same whiteboard', () => {
    fc.assert(
      fc.property(signals, fc.nat(), (sent, cut) => {
        const ops = sent.filter((signal) => signal.type === 'board.op')
        const room = roomOf([ops])
        const pages = [...room.board.pages.values()].map(({ id, elements }) => ({
          id,
          elements: [...elements.values()],
        }))
        const snapshot = { v: 1, type: 'board.snapshot', at: 99, pages } as Signal
        const late = roomOf([[snapshot], ops.slice(cut % (ops.length + 1))])
        const visible = ({ board }: Room) => {
          const page = currentPage(board)
          return page === undefined ? [] : [...page.elements].sort(([a], [b]) => (a < b ? -1 : 1))
        }
        expect(visible(reduceRoom(late, ops))).toEqual(visible(room))
      }),
      { numRuns: 300 },
    )
  })
})
