import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Signal } from '../../src/protocol/index.ts'
import { emptyRoom, HistorySieve, type Room, reduceRoom } from '../../src/room/index.ts'
import { signals } from './signals.ts'

/** What is left of a numbered history when everything up to this number is old. */
function sifted(history: readonly Signal[], oldSeq: number): readonly Signal[] {
  const [old, young] = [history.slice(0, oldSeq), history.slice(oldSeq)]
  const sieve = new HistorySieve()
  sieve.readOld(old)
  sieve.readRecent(young)
  sieve.sift(old)
  const obsolete = new Set(sieve.obsolete())
  return history.filter(({ seq }) => !obsolete.has(seq ?? 0))
}

const roomOf = (history: readonly Signal[]): Room => reduceRoom(emptyRoom(), history)
const numbered = signals.map((sent) => sent.map((signal, index): Signal => ({ ...signal, seq: index + 1 })))
const cut = numbered.chain((history) => fc.tuple(fc.constant(history), fc.nat({ max: history.length })))
const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))

test('a history without what is obsolete gives the same room', () => {
  fc.assert(
    fc.property(cut, ([history, oldSeq]) => {
      const [full, rest] = [roomOf(history), roomOf(sifted(history, oldSeq))]
      const about = history.slice(oldSeq).filter(({ type }) => /^(participant|media|hand)\./.test(type))
      const named = new Set(about.map(({ from }) => from))
      const people = (room: Room) => sorted(room.participants).filter(([id, { present }]) => present || named.has(id))
      const pages = (room: Room) => sorted(room.board.pages).map(([id, { elements }]) => [id, sorted(elements)])
      expect(people(rest)).toEqual(people(full))
      expect(pages(rest)).toEqual(pages(full))
      expect(rest.board.current).toBe(full.board.current)
      expect(rest.layout).toEqual(full.layout)
      expect(rest.activeSpeaker).toBe(full.activeSpeaker)
      for (const [key, caption] of rest.captions) expect(caption).toEqual(full.captions.get(key))
    }),
    { numRuns: 2000 },
  )
})

test('a history without what is obsolete has nothing more that is, and what is not old stays', () => {
  fc.assert(
    fc.property(cut, ([history, oldSeq]) => {
      const rest = sifted(history, oldSeq)
      const old = rest.filter(({ seq }) => (seq ?? 0) <= oldSeq)
      expect(rest.slice(old.length)).toEqual(history.slice(oldSeq))
      expect(sifted(rest, old.length)).toEqual(rest)
    }),
    { numRuns: 500 },
  )
})

test('a class that is over leaves next to nothing, however long it was', () => {
  const at = (n: number) => ({ v: 1 as const, at: n, seq: n })
  const history: Signal[] = []
  const say = (body: object) => history.push({ ...at(history.length + 1), ...body } as Signal)
  say({ type: 'participant.joined', from: 'amy' })
  for (let n = 0; n < 500; n += 1) {
    const element = { id: `e${n % 50}`, version: n, nonce: 1, kind: 'line', x1: n, y1: 0, x2: 1, y2: 1 }
    say({ type: 'board.op', page: 'p1', from: 'amy', op: { action: 'put', element } })
    say({ type: 'chat.message', from: 'amy', text: `${n}` })
    say({ type: 'active.speaker', participant: n % 2 ? 'amy' : null })
  }
  for (let n = 1; n < 50; n += 1)
    say({ type: 'board.op', page: 'p1', from: 'amy', op: { action: 'delete', id: `e${n}`, version: 1000, nonce: 1 } })
  say({ type: 'participant.left', from: 'amy' })
  const rest = sifted(history, history.length)
  expect(rest.map(({ type }) => type).sort()).toEqual(['active.speaker', 'board.op'])
  expect([...(roomOf(rest).board.pages.get('p1')?.elements.keys() ?? [])]).toEqual(['e0'])
})
