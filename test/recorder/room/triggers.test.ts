import { describe, expect, test } from 'vitest'
import type { HighlightRule, RecorderEvent, Signal, ToPage } from '../../../src/protocol/index.ts'
import { createTriggers } from '../../../src/recorder/room/triggers.ts'

const CREATED_MS = Date.UTC(2026, 10, 21, 10)
const SEGMENT_SEC = 2
type Trigger = Extract<RecorderEvent, { type: 'trigger' }>
type Cut = Extract<ToPage, { type: 'cut' }>

/** A recording whose clock stands at so many seconds after its creation. */
function openTriggers({ rules = [], nowSec = 60 }: { rules?: HighlightRule[]; nowSec?: number } = {}) {
  const events: Trigger[] = []
  const cuts: Cut[] = []
  const ready = Promise.withResolvers<void>()
  const triggers = createTriggers({
    request: {
      createdAt: new Date(CREATED_MS).toISOString(),
      segmentSec: SEGMENT_SEC,
      highlights: { preSec: 20, postSec: 10, rules },
    },
    ready: ready.promise,
    emit: (event) => events.push(event),
    send: (message) => cuts.push(message),
    nowMs: () => CREATED_MS + nowSec * 1000,
  })
  return {
    ...triggers,
    cuts,
    async announced() {
      ready.resolve()
      await new Promise((resolve) => setImmediate(resolve))
      return events
    },
    isSilent: () => events.length === 0,
  }
}

const ms = (atSec: number) => CREATED_MS + atSec * 1000
const iso = (atSec: number) => new Date(ms(atSec)).toISOString()
const highlight = (atSec: number, more: Partial<Signal> = {}): Signal => ({
  v: 1,
  type: 'highlight',
  at: ms(atSec),
  ...more,
})

describe('a highlight signal', () => {
  test('cuts now and at the end of the post-roll, and says so with the defaults of the recording', async () => {
    const triggers = openTriggers()
    triggers.onSignals([highlight(60, { id: 'h1', from: 'amy' })])
    expect(triggers.cuts).toEqual([{ type: 'cut' }, { type: 'cut', atMs: ms(70) }])
    expect(await triggers.announced()).toEqual([
      {
        type: 'trigger',
        key: 'amy h1',
        at: iso(60),
        trigger: 'signal',
        rule: null,
        label: null,
        by: 'amy',
        metadata: {},
        preSec: 20,
        postSec: 10,
      },
    ])
  })

  test('has its own label, metadata and rolls, and the name by which its sender is known', async () => {
    const triggers = openTriggers()
    const joined: Signal = { v: 1, type: 'participant.joined', at: ms(-500), from: 'amy', name: 'Amy Li' }
    const own = { label: 'Wow', metadata: { page: '7' }, preSec: 5, postSec: 0 }
    triggers.onSignals([highlight(59, { id: 'h1', from: 'amy', ...own }), joined])
    expect(await triggers.announced()).toMatchObject([{ ...own, by: 'Amy Li' }])
    expect(triggers.cuts).toEqual([{ type: 'cut' }])
  })

  test('of the room before the recording triggers nothing; one of the time without a recorder does', async () => {
    const triggers = openTriggers()
    triggers.onSignals([highlight(-0.001, { id: 'before' }), highlight(0, { id: 'down' })])
    expect(await triggers.announced()).toMatchObject([{ key: ' down', at: iso(0) }])
  })

  test('whose clip is stored already does not cut; one whose end may be in the running segment does', () => {
    const triggers = openTriggers()
    triggers.onSignals([highlight(47.9, { id: 'stored' })])
    expect(triggers.cuts).toEqual([])
    triggers.onSignals([highlight(48.1, { id: 'running' })])
    expect(triggers.cuts).toEqual([{ type: 'cut' }])
  })

  test('of a clock that is ahead means now', async () => {
    const triggers = openTriggers()
    triggers.onSignals([highlight(65, { id: 'a little' }), highlight(1e12, { id: 'nonsense' })])
    expect(await triggers.announced()).toMatchObject([{ at: iso(60) }, { at: iso(60) }])
    expect(triggers.cuts.filter(({ atMs }) => atMs !== undefined).map(({ atMs }) => atMs)).toEqual([ms(70), ms(70)])
  })

  test('of a clock that is far ahead counts once, whenever it is told', async () => {
    const keys = new Set<string>()
    for (const nowSec of [60, 600]) {
      const triggers = openTriggers({
        nowSec,
        rules: [
          { type: 'hand', cooldownSec: 0 },
          { type: 'chat-burst', messages: 2 },
        ],
      })
      const chat = (id: string): Signal => ({ v: 1, type: 'chat.message', at: ms(5000), id, text: 'hi' })
      const told = [highlight(5000), { v: 1, type: 'hand.raised', at: ms(5000), from: 'amy' } as const]
      triggers.onSignals([...told, chat('a'), chat('b')])
      triggers.onSignals([...told, chat('a'), chat('b')])
      const events = await triggers.announced()
      expect(events.map(({ rule, at }) => [rule, at])).toEqual(
        [null, 'hand', 'chat-burst'].map((rule) => [rule, iso(nowSec)]),
      )
      for (const { key } of events) keys.add(key)
    }
    expect(keys.size).toBe(3)
  })

  test('counts once, with an id or without', async () => {
    const triggers = openTriggers()
    triggers.onSignals([highlight(60, { id: 'h1' }), highlight(60), highlight(60), highlight(59.5)])
    triggers.onSignals([highlight(60, { id: 'h1' })])
    const keys = (await triggers.announced()).map(({ key }) => key)
    expect(keys).toHaveLength(3)
    const again = openTriggers({ nowSec: 600 })
    again.onSignals([highlight(60, { id: 'h1' }), highlight(60), highlight(59.5)])
    expect((await again.announced()).map(({ key }) => key)).toEqual(keys)
  })

  test('counts for each sender, whatever ids the others use', async () => {
    const triggers = openTriggers()
    triggers.onSignals(['amy', 'ben', 'amy'].map((from) => highlight(60, { id: 'h1', from })))
    expect((await triggers.announced()).map(({ by }) => by)).toEqual(['amy', 'ben'])
  })

  test('is announced once the take has started, and cuts before', async () => {
    const triggers = openTriggers()
    triggers.onSignals([highlight(60, { id: 'h1' })])
    await new Promise((resolve) => setImmediate(resolve))
    expect(triggers.isSilent()).toBe(true)
    expect(triggers.cuts).toHaveLength(2)
    expect(await triggers.announced()).toHaveLength(1)
  })
})

describe('a rule', () => {
  test('cuts and says which rule it was', async () => {
    const triggers = openTriggers({ rules: [{ type: 'chat-burst' }, { type: 'hand', preSec: 3, postSec: 4 }] })
    triggers.onSignals([{ v: 1, type: 'hand.raised', at: ms(60), from: 'amy' }])
    expect(triggers.cuts).toEqual([{ type: 'cut' }, { type: 'cut', atMs: ms(64) }])
    expect(await triggers.announced()).toEqual([
      {
        type: 'trigger',
        key: `rule-1@${ms(60)}`,
        at: iso(60),
        trigger: 'rule',
        rule: 'hand',
        label: 'Hand raised: amy',
        by: 'amy',
        metadata: {},
        preSec: 3,
        postSec: 4,
      },
    ])
  })

  test('does not look at what the room did before the recording', async () => {
    const triggers = openTriggers({ rules: [{ type: 'hand' }, { type: 'chat-burst', messages: 2 }] })
    const chat = (atSec: number): Signal => ({ v: 1, type: 'chat.message', at: ms(atSec), text: 'hi' })
    triggers.onSignals([{ v: 1, type: 'hand.raised', at: ms(-1), from: 'amy' }, chat(-1), chat(1)])
    expect(await triggers.announced()).toEqual([])
  })

  test('hears the mix', async () => {
    const triggers = openTriggers({ rules: [{ type: 'loudness' }], nowSec: 20 })
    for (let step = 1; step <= 200; step++) triggers.onLoudness({ atMs: ms(step / 10), lufs: step > 150 ? -10 : -25 })
    expect(await triggers.announced()).toMatchObject([
      { rule: 'loudness', label: 'Applause or laughter', at: iso(14.7) },
    ])
  })
})
