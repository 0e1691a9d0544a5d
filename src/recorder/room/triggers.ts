import { createHash } from 'node:crypto'
import { type RuleMoment, RuleWatch } from '../../highlights/rules/index.ts'
import {
  isKnownSignal,
  type LoudnessReading,
  type RecorderEvent,
  type RecorderRequest,
  type Signal,
  type SignalOf,
  signalKeyOf,
  type ToPage,
} from '../../protocol/index.ts'
import { RoomReducer } from '../../room/index.ts'

interface TriggersOptions {
  readonly request: Pick<RecorderRequest, 'createdAt' | 'highlights' | 'segmentSec'>
  /** Triggers are announced once it resolves, in their order; the first signals come while Chrome still starts. */
  readonly ready: Promise<unknown>
  readonly emit: (event: Extract<RecorderEvent, { type: 'trigger' }>) => void
  readonly send: (message: Extract<ToPage, { type: 'cut' }>) => void
  /** Wall time, epoch milliseconds. */
  readonly nowMs: () => number
}

/** The highlights that a recording asks for itself: by `highlight` signals of the room, and by the rules of its spec. */
export interface Triggers {
  /** Signals come in the order of the room, each once. */
  onSignals(signals: readonly Signal[]): void
  onLoudness(reading: LoudnessReading): void
}

/** What a signal or a rule asks for; without rolls of its own it gets those of the recording. */
interface Trigger {
  readonly key: string
  readonly at: number
  readonly trigger: 'signal' | 'rule'
  readonly rule: string | null
  readonly label: string | null
  readonly by: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly preSec: number | undefined
  readonly postSec: number | undefined
}

/** A signal dated further ahead is dated now, as in the hub: one wrong clock must not delay a rule. */
const MAX_AHEAD_MS = 10_000

/**
 * Cuts for each trigger at once, then announces it. A late joiner gets the history of its room: a signal from before the recording
 * was created triggers nothing; one since then does, also when no recorder ran. A moment in the future is a wrong clock, and
 * becomes now.
 */
export function createTriggers({ request, ready, emit, send, nowMs }: TriggersOptions): Triggers {
  const { preSec, postSec, rules } = request.highlights
  const createdAtMs = Date.parse(request.createdAt)
  const announced = new Set<string>()
  const people = new RoomReducer()
  const nameOf = (id: string): string => people.room.participants.get(id)?.name ?? id
  const watch = new RuleWatch(rules, nameOf)

  function announce(trigger: Trigger): void {
    if (announced.has(trigger.key)) return
    announced.add(trigger.key)
    const atMs = Math.min(trigger.at, nowMs())
    const rolls = { preSec: trigger.preSec ?? preSec, postSec: trigger.postSec ?? postSec }
    cut(atMs + rolls.postSec * 1000)
    const { key, trigger: kind, rule, label, by, metadata } = trigger
    const at = new Date(atMs).toISOString()
    void ready.then(() => emit({ type: 'trigger', key, at, trigger: kind, rule, label, by, metadata, ...rolls }))
  }

  /** Cuts now, so that the moment is stored, and where the clip ends. A clip that ended a segment ago is stored already. */
  function cut(endMs: number): void {
    const leftMs = endMs - nowMs()
    if (leftMs > -request.segmentSec * 1000) send({ type: 'cut' })
    if (leftMs > 0) send({ type: 'cut', atMs: endMs })
  }

  /** `saidAt` is the time that the signal itself has: the same however often it comes. */
  function onSignal(signal: Signal, saidAt: number): void {
    if (signal.at < createdAtMs) return
    if (isKnownSignal(signal) && signal.type === 'highlight') announce(triggerOfSignal(signal, saidAt, nameOf))
    for (const moment of watch.onSignal(signal, saidAt)) announce(triggerOfRule(moment))
  }

  return {
    onSignals(signals) {
      const dated = signals.map((signal) => ({ signal: redate(signal, nowMs()), saidAt: signal.at }))
      people.apply(dated.map(({ signal }) => signal).filter(({ type }) => type.startsWith('participant.')))
      for (const { signal, saidAt } of dated) onSignal(signal, saidAt)
    },
    onLoudness(reading) {
      for (const moment of watch.onLoudness(reading)) announce(triggerOfRule(moment))
    },
  }
}

function redate(signal: Signal, nowMs: number): Signal {
  return signal.at > nowMs + MAX_AHEAD_MS ? { ...signal, at: nowMs } : signal
}

function triggerOfSignal(signal: SignalOf<'highlight'>, saidAt: number, nameOf: (id: string) => string): Trigger {
  const { at, label, preSec, postSec, from, metadata = {} } = signal
  const by = from === undefined ? null : nameOf(from)
  return {
    key: signalKeyOf(signal) ?? keyOf({ ...signal, at: saidAt }),
    at,
    trigger: 'signal',
    rule: null,
    label: label ?? null,
    by,
    metadata,
    preSec,
    postSec,
  }
}

/** The idempotency key of a signal whose server gives no ids: a hash of what it says. */
function keyOf({ at, from, label, preSec, postSec }: SignalOf<'highlight'>): string {
  const text = JSON.stringify([at, from ?? null, label ?? null, preSec ?? null, postSec ?? null])
  return `signal-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
}

function triggerOfRule({ key, at, rule, label, by }: RuleMoment): Trigger {
  const { preSec, postSec } = rule
  return { key, at, trigger: 'rule', rule: rule.type, label, by, metadata: {}, preSec, postSec }
}
