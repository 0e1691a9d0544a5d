import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RuleWatch } from '../../src/highlights/rules/index.ts'
import type { HighlightRule, Signal } from '../../src/protocol/index.ts'

const MOST_LATE_MS = 10_000
const cooldownSec = fc.integer({ min: 0, max: 40 })
const rule: fc.Arbitrary<HighlightRule> = fc.oneof(
  fc.record({ type: fc.constant('hand' as const), cooldownSec }),
  fc.record({
    type: fc.constant('chat-burst' as const),
    cooldownSec,
    messages: fc.integer({ min: 2, max: 6 }),
    withinSec: fc.integer({ min: 1, max: 20 }),
  }),
)

/** Signals of two minutes, each at most ten seconds late, as a hub sends them. */
const room: fc.Arbitrary<Signal[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom('hand.raised' as const, 'chat.message' as const),
      at: fc.integer({ min: 0, max: 120_000 }),
      lateMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: MOST_LATE_MS })),
    }),
    { maxLength: 80 },
  )
  .map((events) =>
    events
      .toSorted((a, b) => a.at + a.lateMs - (b.at + b.lateMs))
      .map(({ type, at }, i): Signal => {
        const head = { v: 1 as const, at, id: `s${i}`, from: 'amy' }
        return type === 'hand.raised' ? { ...head, type } : { ...head, type, text: 'hi' }
      }),
  )

const watchOf = (rules: readonly HighlightRule[]) => new RuleWatch(rules, (id) => id)

describe('rules', () => {
  test('find the same in the same room, and nothing more when its history is told again', () => {
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 3 }), room, (rules, signals) => {
        const watch = watchOf(rules)
        const first = signals.flatMap((signal) => watch.onSignal(signal))
        expect(signals.flatMap((signal) => watch.onSignal(signal))).toEqual([])
        const next = watchOf(rules)
        expect(signals.flatMap((signal) => next.onSignal(signal))).toEqual(first)
        expect(new Set(first.map(({ key }) => key)).size).toBe(first.length)
      }),
      { numRuns: 500 },
    )
  })

  test('rest as long as they say, and never point at what did not happen', () => {
    fc.assert(
      fc.property(rule, room, (only, signals) => {
        const watch = watchOf([only])
        const found = signals.flatMap((signal) => watch.onSignal(signal)).map(({ at }) => at)
        found.forEach((at, i) => {
          expect(signals.some((signal) => signal.at === at)).toBe(true)
          if (i > 0) expect(at - (found[i - 1] ?? 0)).toBeGreaterThanOrEqual((only.cooldownSec ?? 0) * 1000)
        })
      }),
      { numRuns: 500 },
    )
  })

  test('find the first burst of a chat, wherever it is', () => {
    const burst = rule.filter((candidate) => candidate.type === 'chat-burst')
    fc.assert(
      fc.property(burst, room, (only, signals) => {
        if (only.type !== 'chat-burst') return
        const { messages = 0, withinSec = 0 } = only
        const times = signals
          .filter(({ type }) => type === 'chat.message')
          .map(({ at }) => at)
          .toSorted((a, b) => a - b)
        const isBurst = times.some(
          (at, i) => (times[i + messages - 1] ?? Number.POSITIVE_INFINITY) - at <= withinSec * 1000,
        )
        const watch = watchOf([only])
        expect(signals.some((signal) => watch.onSignal(signal).length > 0)).toBe(isBurst)
      }),
      { numRuns: 500 },
    )
  })
})
