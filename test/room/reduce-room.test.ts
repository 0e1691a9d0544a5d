import { describe, expect, test } from 'vitest'
import type { BoardElement, Signal } from '../../src/protocol/index.ts'
import {
  currentPage,
  drawingOrder,
  emptyRoom,
  MAX_CHAT_MESSAGES,
  participantOfSource,
  RoomReducer,
  reduceRoom,
} from '../../src/room/index.ts'

const at = (time: number) => ({ v: 1 as const, at: time })

function stroke(id: string, version: number, z?: number): BoardElement {
  return { id, version, nonce: 1, kind: 'stroke', points: [[0, 0]], ...(z === undefined ? {} : { z }) }
}

function put(time: number, element: BoardElement): Signal {
  return { ...at(time), type: 'board.op', page: 'p1', op: { action: 'put', element } }
}

describe('participants', () => {
  test('keep what an earlier signal said of fields that a later one leaves out', () => {
    const room = reduceRoom(emptyRoom(), [
      { ...at(1), type: 'participant.joined', from: 'amy', name: 'Amy', role: 'participant' },
      { ...at(2), type: 'participant.updated', from: 'amy', name: 'Amy O.' },
    ])
    expect(room.participants.get('amy')).toMatchObject({
      name: 'Amy O.',
      role: 'participant',
      present: true,
      joinedAt: 1,
    })
  })

  test('are named by `participant` where somebody else sends the signal', () => {
    const room = reduceRoom(emptyRoom(), [
      { ...at(1), type: 'media.muted', kind: 'audio', from: 'teacher', participant: 'amy' },
    ])
    expect(room.participants.get('amy')?.mutedAudio).toBe(true)
    expect(room.participants.has('teacher')).toBe(false)
  })

  test('come back with their hand down and their mutes gone', () => {
    const room = reduceRoom(emptyRoom(), [
      { ...at(1), type: 'participant.joined', from: 'amy' },
      { ...at(2), type: 'hand.raised', from: 'amy' },
      { ...at(2), type: 'media.muted', kind: 'video', from: 'amy' },
      { ...at(3), type: 'participant.left', from: 'amy' },
      { ...at(4), type: 'participant.joined', from: 'amy' },
    ])
    expect(room.participants.get('amy')).toMatchObject({ present: true, handRaisedAt: null, mutedVideo: false })
  })

  test('are found by the source that shows them', () => {
    const room = reduceRoom(emptyRoom(), [
      { ...at(1), type: 'participant.joined', from: 'amy', source: 'cam-7' },
      { ...at(1), type: 'participant.joined', from: 'ben' },
    ])
    expect(participantOfSource(room, 'cam-7')?.id).toBe('amy')
    expect(participantOfSource(room, 'ben')?.id).toBe('ben')
    expect(participantOfSource(room, 'amy')).toBeUndefined()
  })
})

describe('the chat', () => {
  test('keeps the newest messages only, oldest first', () => {
    const reducer = new RoomReducer()
    for (let index = 0; index < 500; index++) {
      reducer.apply([{ ...at(1000 + index), type: 'chat.message', id: `m${index}`, from: 'amy', text: `${index}` }])
    }
    expect(reducer.room.chat).toHaveLength(MAX_CHAT_MESSAGES)
    expect(reducer.room.chat.at(0)?.text).toBe('300')
    expect(reducer.room.chat.at(-1)?.text).toBe('499')
  })

  test('shows a message without an id once', () => {
    const message: Signal = { ...at(1), type: 'chat.message', from: 'amy', text: 'hi' }
    expect(reduceRoom(emptyRoom(), [message, { ...message }]).chat).toHaveLength(1)
  })
})

describe('the whiteboard', () => {
  test('keeps a deleted element deleted when an older version arrives late', () => {
    const remove: Signal = {
      ...at(2),
      type: 'board.op',
      page: 'p1',
      op: { action: 'delete', id: 'a', version: 3, nonce: 1 },
    }
    const room = reduceRoom(emptyRoom(), [remove, put(1, stroke('a', 2))])
    expect(currentPage(room.board)?.elements.size).toBe(0)
    expect(currentPage(reduceRoom(room, [put(3, stroke('a', 4))]).board)?.elements.size).toBe(1)
  })

  test('draws by `z`, then by id', () => {
    const room = reduceRoom(emptyRoom(), [put(1, stroke('c', 1)), put(1, stroke('b', 1, 2)), put(1, stroke('a', 1))])
    const page = currentPage(room.board)
    expect(page && drawingOrder(page).map(({ id }) => id)).toEqual(['a', 'c', 'b'])
  })

  test('turns to a page before anything is on it', () => {
    const room = reduceRoom(emptyRoom(), [put(1, stroke('a', 1)), { ...at(2), type: 'board.page', page: 'p9' }])
    expect(currentPage(room.board)).toMatchObject({ id: 'p9' })
    expect(currentPage(room.board)).toBe(currentPage(room.board))
  })

  test('gives a changed page a new identity, and leaves the others alone', () => {
    const reducer = new RoomReducer()
    reducer.apply([
      put(1, stroke('a', 1)),
      { ...at(1), type: 'board.op', page: 'p2', op: { action: 'put', element: stroke('b', 1) } },
    ])
    const [first, second] = ['p1', 'p2'].map((id) => reducer.room.board.pages.get(id))
    reducer.apply([put(2, stroke('a', 2))])
    expect(reducer.room.board.pages.get('p1')).not.toBe(first)
    expect(reducer.room.board.pages.get('p2')).toBe(second)
    reducer.apply([put(3, stroke('a', 2))])
    expect(reducer.room.board.pages.get('p2')).toBe(second)
  })
})

test('a day of one class stays small in memory', () => {
  const reducer = new RoomReducer()
  for (let second = 0; second < 86_400; second += 4) {
    reducer.apply([
      { ...at(second * 1000), id: `s${second}`, type: 'active.speaker', participant: second % 8 === 0 ? 'amy' : 'ben' },
      { ...at(second * 1000), id: `c${second}`, type: 'caption', from: 'amy', text: `line ${second}` },
      { ...at(second * 1000), id: `m${second}`, type: 'media.muted', kind: 'audio', from: 'ben' },
      put(second * 1000, stroke('growing', second)),
    ])
  }
  const { room } = reducer
  expect(room.stamps.size).toBeLessThan(10)
  expect(room.captions.size).toBe(1)
  expect(currentPage(room.board)?.elements.size).toBe(1)
})

test('chat messages of two senders with one id are two', () => {
  const said = { v: 1, type: 'chat.message', id: 'm1', at: 1 } as const
  const room = reduceRoom(emptyRoom(), [
    { ...said, from: 'amy', text: 'one' },
    { ...said, from: 'ben', text: 'two' },
    { ...said, from: 'amy', text: 'one' },
  ])
  expect(room.chat.map(({ from, text }) => [from, text])).toEqual([
    ['amy', 'one'],
    ['ben', 'two'],
  ])
})
