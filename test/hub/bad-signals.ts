import type { RoomRole } from '../../src/protocol/index.ts'

interface Row {
  readonly role?: RoomRole
  /** The frame: text as it is, anything else as JSON. */
  readonly frame: unknown
}
const head = { v: 1, at: 1_700_000_000_000 }
const stroke = { id: 's1', version: 1, nonce: 7, kind: 'stroke', points: [[0, 0, 0.5]] }
const put = (element: object) => ({ ...head, type: 'board.op', page: 'p1', op: { action: 'put', element } })

/** Wrong frames by name, sent by `amy`, a participant unless the row says otherwise. */
export const BAD_SIGNALS: Readonly<Record<string, Row>> = {
  'a frame that is not JSON': { frame: 'hello' },
  'an empty frame': { frame: '' },
  'a frame with U+0000': { frame: '{"v":1,"type":"chat.message","text":"\\u0000"}' },
  'a frame that is a list': { frame: [head] },
  'a frame that is a number': { frame: 7 },
  'a frame that is null': { frame: null },
  'no version': { frame: { type: 'hand.raised' } },
  'another version': { frame: { ...head, v: 2, type: 'hand.raised' } },
  'no type': { frame: head },
  'a type that is no name': { frame: { ...head, type: 'Hand Raised' } },
  'a type that is a number': { frame: { ...head, type: 5 } },
  'the reserved type': { frame: { ...head, type: 'error', code: 'internal' } },
  'a time that is text': { frame: { ...head, at: 'now', type: 'hand.raised' } },
  'a time before 1970': { frame: { ...head, at: -1, type: 'hand.raised' } },
  'an id that is too long': { frame: { ...head, id: 'x'.repeat(65), type: 'hand.raised' } },
  'an id of the hub': { frame: { ...head, id: 'hub.left.7', type: 'hand.raised' } },
  'an unknown field': { frame: { ...head, type: 'hand.raised', hand: 'left' } },
  'a chat message without text': { frame: { ...head, type: 'chat.message' } },
  'a chat message that is empty': { frame: { ...head, type: 'chat.message', text: '' } },
  'a chat message that is too long': { frame: { ...head, type: 'chat.message', text: 'x'.repeat(4001) } },
  'mute without a kind': { frame: { ...head, type: 'media.muted' } },
  'mute of an unknown kind': { frame: { ...head, type: 'media.muted', kind: 'screen' } },
  'a join with an unknown role': { frame: { ...head, type: 'participant.joined', role: 'teacher' } },
  'a join whose source is no name': { frame: { ...head, type: 'participant.joined', source: 'a b' } },
  'a board operation without a page': { frame: { ...head, type: 'board.op', op: { action: 'put', element: stroke } } },
  'a board operation of an unknown action': {
    frame: { ...head, type: 'board.op', page: 'p1', op: { action: 'move' } },
  },
  'an element of an unknown kind': { frame: put({ ...stroke, kind: 'star' }) },
  'a stroke without points': { frame: put({ ...stroke, points: [] }) },
  'a stroke with a point of one number': { frame: put({ ...stroke, points: [[1]] }) },
  'a stroke far outside the board': { frame: put({ ...stroke, points: [[0, 1e9]] }) },
  'a stroke in a named colour': { frame: put({ ...stroke, color: 'red' }) },
  'a stroke with a fill': { frame: put({ ...stroke, fill: '#ff0000' }) },
  'a line without an end': { frame: put({ id: 'l', version: 1, nonce: 1, kind: 'line', x1: 0, y1: 0, x2: 5 }) },
  'a text that is too small': {
    frame: put({ id: 't', version: 1, nonce: 1, kind: 'text', x: 0, y: 0, text: 'a', size: 1 }),
  },
  'a deletion without a version': {
    frame: { ...head, type: 'board.op', page: 'p1', op: { action: 'delete', id: 's1', nonce: 1 } },
  },
  'a highlight with a pre-roll of an hour': { frame: { ...head, type: 'highlight', preSec: 3600 } },
  'a custom signal without a name': { frame: { ...head, type: 'custom', data: 1 } },
  'a layout of an unknown name': { role: 'host', frame: { ...head, type: 'layout.set', layout: { name: 'mosaic' } } },
  'a caption that stays too long': { role: 'host', frame: { ...head, type: 'caption', text: 'a', durationMs: 1e6 } },
  'a speaker that is missing': { role: 'host', frame: { ...head, type: 'active.speaker' } },
  'a snapshot whose element is wrong': {
    role: 'host',
    frame: { ...head, type: 'board.snapshot', pages: [{ id: 'p1', elements: [stroke, { ...stroke, kind: 'rect' }] }] },
  },
  'somebody else as the sender': { frame: { ...head, type: 'hand.raised', from: 'bob' } },
  'somebody else as the muted one': { frame: { ...head, type: 'media.muted', kind: 'audio', participant: 'bob' } },
  'a participant that switches the layout': { frame: { ...head, type: 'layout.set', layout: { name: 'grid' } } },
  'a participant that turns the page': { frame: { ...head, type: 'board.page', page: 'p2' } },
  'a participant that names the speaker': { frame: { ...head, type: 'active.speaker', participant: 'amy' } },
  'a participant that makes itself presenter': { frame: { ...head, type: 'participant.joined', role: 'presenter' } },
  'a participant that joins as the source of somebody else': {
    frame: { ...head, type: 'participant.joined', source: 'teacher' },
  },
  'a participant that becomes the source of somebody else': {
    frame: { ...head, type: 'participant.updated', source: 'cam-7' },
  },
  'an unknown type in another name': { frame: { ...head, type: 'poll.vote', from: 'bob' } },
  'a viewer that chats': { role: 'viewer', frame: { ...head, type: 'chat.message', text: 'hi' } },
  'a recorder that raises its hand': { role: 'recorder', frame: { ...head, type: 'hand.raised' } },
}
