import { describe, expect, test } from 'vitest'
import { needsLoudness, type RuleMoment, RuleWatch } from '../../src/highlights/rules/index.ts'
import type { HighlightRule, Signal } from '../../src/protocol/index.ts'

const NAMES: Readonly<Record<string, string>> = { amy: 'Amy' }
const watchOf = (...rules: HighlightRule[]) => new RuleWatch(rules, (id) => NAMES[id] ?? id)
const sec = (seconds: number) => 1_800_000_000_000 + seconds * 1000
const hand = (atSec: number, from?: string): Signal => ({
  v: 1,
  type: 'hand.raised',
  at: sec(atSec),
  ...(from && { from }),
})
const chat = (atSec: number, id?: string): Signal => ({
  v: 1,
  type: 'chat.message',
  at: sec(atSec),
  text: 'hi',
  ...(id && { id }),
})
const seeAll = (watch: RuleWatch, signals: readonly Signal[]) => signals.flatMap((signal) => watch.onSignal(signal))
const momentsSec = (moments: readonly RuleMoment[]) => moments.map(({ at }) => Math.round(at - sec(0)) / 1000)

/** Readings ten a second; `parts` are stretches of so many seconds at so many LUFS. */
function hearAll(watch: RuleWatch, ...parts: readonly (readonly [seconds: number, lufs: number])[]): RuleMoment[] {
  let step = 0
  return parts.flatMap(([seconds, lufs]) =>
    Array.from({ length: Math.round(seconds * 10) }, () => watch.onLoudness({ atMs: sec(++step / 10), lufs })).flat(),
  )
}

describe('the hand rule', () => {
  test('finds a raised hand of anybody, and names its owner', () => {
    const watch = watchOf({ type: 'hand', cooldownSec: 0 })
    expect(watch.onSignal(hand(1, 'amy'))).toEqual([
      {
        key: `rule-0@${sec(1)}`,
        rule: { type: 'hand', cooldownSec: 0 },
        at: sec(1),
        label: 'Hand raised: Amy',
        by: 'Amy',
      },
    ])
    expect(watch.onSignal(hand(2, 'ben'))).toMatchObject([{ label: 'Hand raised: ben', by: 'ben' }])
    expect(watch.onSignal(hand(3))).toMatchObject([{ label: 'Hand raised', by: null }])
    expect(watch.onSignal({ v: 1, type: 'hand.lowered', at: sec(4), from: 'amy' })).toEqual([])
  })

  test('of one participant passes over all others, also when a host speaks for them', () => {
    const watch = watchOf({ type: 'hand', from: 'amy', cooldownSec: 0 })
    expect(watch.onSignal(hand(1, 'ben'))).toEqual([])
    expect(watch.onSignal({ v: 1, type: 'hand.raised', at: sec(2), from: 'host', participant: 'amy' })).toMatchObject([
      { by: 'Amy' },
    ])
  })

  test('rests after a highlight, counted from its moment', () => {
    const found = seeAll(watchOf({ type: 'hand', cooldownSec: 30 }), [
      hand(0),
      hand(29.9),
      hand(30),
      hand(59),
      hand(61),
    ])
    expect(momentsSec(found)).toEqual([0, 30, 61])
  })

  test('rests for half a minute when it does not say', () => {
    expect(momentsSec(seeAll(watchOf({ type: 'hand' }), [hand(0), hand(29), hand(30)]))).toEqual([0, 30])
  })

  test('does not bring an older moment back', () => {
    expect(momentsSec(seeAll(watchOf({ type: 'hand', cooldownSec: 1 }), [hand(10), hand(5), hand(10)]))).toEqual([10])
  })
})

describe('the chat rule', () => {
  const rule: HighlightRule = { type: 'chat-burst', messages: 3, withinSec: 5, cooldownSec: 0 }

  test('finds so many messages within so long, and points at the first of them', () => {
    const found = seeAll(watchOf(rule), [chat(0), chat(4), chat(6), chat(8.5), chat(20)])
    expect(momentsSec(found)).toEqual([4])
    expect(found).toMatchObject([{ label: 'Lively chat', by: null }])
  })

  test('counts messages that are exactly so far apart', () => {
    expect(momentsSec(seeAll(watchOf(rule), [chat(0), chat(2), chat(5)]))).toEqual([0])
    expect(momentsSec(seeAll(watchOf(rule), [chat(0), chat(2), chat(5.001)]))).toEqual([])
  })

  test('takes messages in any order', () => {
    expect(momentsSec(seeAll(watchOf(rule), [chat(4), chat(9), chat(1)]))).toEqual([])
    expect(momentsSec(seeAll(watchOf(rule), [chat(4), chat(9), chat(1), chat(3)]))).toEqual([1])
  })

  test('counts a message that comes twice once', () => {
    expect(seeAll(watchOf(rule), [chat(0, 'a'), chat(1, 'b'), chat(0, 'a'), chat(1, 'b')])).toEqual([])
  })

  test('finds eight messages in ten seconds when it does not say', () => {
    const steady = Array.from({ length: 40 }, (_, i) => chat(i * 1.5))
    expect(seeAll(watchOf({ type: 'chat-burst' }), steady)).toEqual([])
    const lively = Array.from({ length: 9 }, (_, i) => chat(100 + i * 1.4))
    expect(momentsSec(seeAll(watchOf({ type: 'chat-burst' }), lively))).toEqual([100])
  })

  test('finds a long burst again after its rest', () => {
    const busy = Array.from({ length: 60 }, (_, i) => chat(i))
    expect(momentsSec(seeAll(watchOf({ ...rule, cooldownSec: 30 }), busy))).toEqual([0, 30])
  })
})

describe('the loudness rule', () => {
  const rule: HighlightRule = { type: 'loudness' }

  test('finds what is ten units above the usual for 0.8 s, and points just before its beginning', () => {
    const found = hearAll(watchOf(rule), [20, -23], [3, -12], [10, -23])
    expect(momentsSec(found)).toEqual([19.7])
    expect(found).toMatchObject([{ label: 'Applause or laughter', by: null }])
  })

  test('passes over a bang, and what is only a little louder', () => {
    expect(hearAll(watchOf(rule), [20, -23], [0.7, -5], [5, -23], [5, -14])).toEqual([])
  })

  test('needs ten seconds of sound to compare with', () => {
    expect(hearAll(watchOf(rule), [8, -23], [1.5, -5])).toEqual([])
    expect(hearAll(watchOf(rule), [60, -70], [8, -23], [1.5, -5])).toEqual([])
  })

  test('does not take the first words after a pause for applause', () => {
    expect(hearAll(watchOf(rule), [15, -23], [120, -70], [10, -20])).toEqual([])
  })

  test('finds applause that goes on for long once, also beyond its rest', () => {
    const found = hearAll(watchOf({ ...rule, cooldownSec: 2 }), [60, -23], [20, -10], [5, -23], [2, -10])
    expect(momentsSec(found)).toEqual([59.7, 84.7])
  })

  test('learns what is usual from the last minute', () => {
    expect(hearAll(watchOf(rule), [60, -40], [0.5, -23], [70, -31], [5, -25])).toEqual([])
  })
})

describe('the custom rule', () => {
  test('finds a signal of its name, and is called like it', () => {
    const watch = watchOf({ type: 'custom', name: 'quiz won' })
    const custom = (name: string): Signal => ({ v: 1, type: 'custom', at: sec(1), from: 'amy', name })
    expect(watch.onSignal(custom('quiz lost'))).toEqual([])
    expect(watch.onSignal(custom('quiz won'))).toMatchObject([{ label: 'quiz won', by: 'Amy' }])
  })
})

describe('several rules', () => {
  test('have keys, labels and rests of their own', () => {
    const watch = watchOf({ type: 'hand' }, { type: 'hand', from: 'amy', label: 'Amy asks', preSec: 5, postSec: 60 })
    expect(watch.onSignal(hand(1, 'amy'))).toMatchObject([
      { key: `rule-0@${sec(1)}`, label: 'Hand raised: Amy' },
      { key: `rule-1@${sec(1)}`, label: 'Amy asks', rule: { preSec: 5, postSec: 60 } },
    ])
    expect(watch.onSignal(hand(2, 'ben'))).toEqual([])
  })

  test('need the loudness only when one of them listens', () => {
    expect(needsLoudness([{ type: 'hand' }, { type: 'chat-burst' }])).toBe(false)
    expect(needsLoudness([{ type: 'hand' }, { type: 'loudness' }])).toBe(true)
  })
})
