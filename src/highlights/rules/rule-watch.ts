import { assertNever } from '../../protocol/assert-never.ts'
import { type HighlightRule, RULE_DEFAULTS } from '../../protocol/highlights.ts'
import type { LoudnessReading } from '../../protocol/page-link.ts'
import { isKnownSignal, type KnownSignal, type Signal, signalKeyOf } from '../../protocol/signals.ts'
import { ChatBurst } from './chat-burst.ts'
import { LoudMoment } from './loud-moment.ts'
import { Rest } from './rest.ts'
import { UsualLoudness } from './usual-loudness.ts'

/** A rule asks for a highlight. */
export interface RuleMoment {
  /** The rule's place in the recording's list and the moment: the same however often a signal is repeated. */
  readonly key: string
  readonly rule: HighlightRule
  /** Epoch milliseconds. */
  readonly at: number
  readonly label: string
  readonly by: string | null
}

/** The finding of one rule in one signal or reading. */
interface Finding {
  readonly at: number
  /** The time that the signal itself has, where a wrong clock had it dated anew. */
  readonly saidAt: number
  readonly label: string
  /** A participant's id. */
  readonly by?: string | undefined
}

/** The state of one rule; a rule is about signals or about loudness, and ignores the other. */
interface Detector {
  onSignal(signal: KnownSignal, saidAt: number): Finding | undefined
  onLoudness(reading: LoudnessReading, usualLufs: number | undefined): Finding | undefined
}

/** True when the page must measure the loudness of its mix. */
export function needsLoudness(rules: readonly HighlightRule[]): boolean {
  return rules.some((rule) => rule.type === 'loudness')
}

/** All rules of a recording. Signals are given in the order of the room, readings in the order of time. */
export class RuleWatch {
  readonly #rules: readonly { readonly rule: HighlightRule; readonly detector: Detector; readonly rest: Rest }[]
  readonly #nameOf: (participant: string) => string
  readonly #usual = new UsualLoudness()
  readonly #reported = new Set<string>()

  /** `nameOf` gives the name by which people know a participant. */
  constructor(rules: readonly HighlightRule[], nameOf: (participant: string) => string) {
    this.#nameOf = nameOf
    this.#rules = rules.map((rule) => ({
      rule,
      detector: detectorOf(rule, nameOf),
      rest: new Rest(rule.cooldownSec ?? RULE_DEFAULTS.cooldownSec),
    }))
  }

  /** `saidAt`: the time that the signal itself has, where a wrong clock had it dated anew; it makes the key. */
  onSignal(signal: Signal, saidAt: number = signal.at): readonly RuleMoment[] {
    return isKnownSignal(signal) ? this.#ask((detector) => detector.onSignal(signal, saidAt)) : []
  }

  onLoudness(reading: LoudnessReading): readonly RuleMoment[] {
    const moments = this.#ask((detector) => detector.onLoudness(reading, this.#usual.median))
    this.#usual.add(reading.lufs)
    return moments
  }

  #ask(detect: (detector: Detector) => Finding | undefined): readonly RuleMoment[] {
    return this.#rules.flatMap(({ rule, detector, rest }, index) => {
      const found = detect(detector)
      if (found === undefined || !rest.allows(found.at)) return []
      const key = `rule-${index}@${Math.round(found.saidAt)}`
      if (this.#reported.has(key)) return []
      this.#reported.add(key)
      rest.begin(found.at)
      const by = found.by === undefined ? null : this.#nameOf(found.by)
      return [{ key, rule, at: found.at, label: rule.label ?? found.label, by }]
    })
  }
}

function detectorOf(rule: HighlightRule, nameOf: (participant: string) => string): Detector {
  switch (rule.type) {
    case 'hand':
      return forSignals((signal, saidAt) => {
        if (signal.type !== 'hand.raised') return undefined
        const by = signal.participant ?? signal.from
        if (rule.from !== undefined && rule.from !== by) return undefined
        return { at: signal.at, saidAt, label: by === undefined ? 'Hand raised' : `Hand raised: ${nameOf(by)}`, by }
      })
    case 'custom':
      return forSignals((signal, saidAt) => {
        if (signal.type !== 'custom' || signal.name !== rule.name) return undefined
        return { at: signal.at, saidAt, label: rule.name, by: signal.from }
      })
    case 'chat-burst': {
      const burst = new ChatBurst(rule.messages ?? RULE_DEFAULTS.messages, rule.withinSec ?? RULE_DEFAULTS.withinSec)
      return forSignals((signal, saidAt) => {
        if (signal.type !== 'chat.message') return undefined
        const first = burst.add({ at: signal.at, saidAt, id: signalKeyOf(signal) })
        return first && { at: first.at, saidAt: first.saidAt, label: 'Lively chat' }
      })
    }
    case 'loudness': {
      const moment = new LoudMoment(rule.aboveLu ?? RULE_DEFAULTS.aboveLu, rule.forSec ?? RULE_DEFAULTS.forSec)
      return forLoudness((reading, usualLufs) => {
        const at = moment.add(reading, usualLufs)
        return at === undefined ? undefined : { at, saidAt: at, label: 'Applause or laughter' }
      })
    }
    default:
      return assertNever(rule)
  }
}

const nothing = (): undefined => undefined
const forSignals = (onSignal: Detector['onSignal']): Detector => ({ onSignal, onLoudness: nothing })
const forLoudness = (onLoudness: Detector['onLoudness']): Detector => ({ onSignal: nothing, onLoudness })
