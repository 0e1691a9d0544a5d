import type { IdleRule, IdleTimes, RecorderEvent, RecorderRequest, Signal } from '../../protocol/index.ts'
import { repeat } from '../../timing/index.ts'

export interface IdleWatchOptions {
  /** The rules, how much of their time had passed before this take, and how the take begins. */
  readonly request: Pick<RecorderRequest, 'idle' | 'idleForSec' | 'isPaused' | 'handover'>
  /** The sources that the recording has now. */
  readonly sourceIds: ReadonlySet<string>
  readonly nowMs: () => number
  onIdle(rule: IdleRule): void
}

const CHECK_MS = 1000
/** No rule ends a take before its sources and its room had this time to arrive, or the rule's own if that is shorter. */
const ARRIVAL_MS = 30_000
const RULES: readonly IdleRule[] = ['noLiveSourceSec', 'emptyRoomSec', 'pausedSec']

/**
 * Calls back when nothing has happened for as long as a rule of the recording allows. The time runs on from where it was in the take
 * before, from the beginning of the first take, or from the last moment at which a source was live or somebody present. The
 * time between two takes does not count: no recorder watched it.
 */
export class IdleWatch implements Disposable {
  readonly #options: IdleWatchOptions
  readonly #live = new Set<string>()
  readonly #present = new Set<string>()
  readonly #busyAtMs: Record<IdleRule, number>
  readonly #checks: Disposable
  #isPaused: boolean
  /** A standby take ends by no rule: nothing has to be live in it yet. */
  #begunMs: number

  constructor(options: IdleWatchOptions) {
    const { request, nowMs } = options
    const bornMs = nowMs()
    const sinceMs = (rule: IdleRule): number => bornMs - (request.idleForSec?.[rule] ?? 0) * 1000
    this.#options = options
    this.#isPaused = request.isPaused
    this.#begunMs = request.handover === null ? bornMs : Number.POSITIVE_INFINITY
    this.#busyAtMs = {
      noLiveSourceSec: sinceMs('noLiveSourceSec'),
      emptyRoomSec: sinceMs('emptyRoomSec'),
      pausedSec: sinceMs('pausedSec'),
    }
    this.#checks = repeat({ everyMs: CHECK_MS, work: () => this.check() })
  }

  onEvent(event: RecorderEvent): void {
    if (event.type === 'started') this.#begunMs = Math.min(this.#begunMs, this.#options.nowMs())
    if (event.type === 'paused' || event.type === 'resumed') {
      this.check()
      this.#isPaused = event.type === 'paused'
    }
    if (event.type !== 'source') return
    this.check()
    if (event.state === 'live') this.#live.add(event.sourceId)
    else this.#live.delete(event.sourceId)
  }

  onSignals(signals: readonly Signal[]): void {
    this.check()
    for (const signal of signals) {
      const id = participantOf(signal)
      if (id === undefined) continue
      if (signal.type === 'participant.joined') this.#present.add(id)
      else this.#present.delete(id)
    }
  }

  /** For how long nothing has happened by each rule, earlier takes included; undefined without rules. */
  get times(): IdleTimes | undefined {
    const { idle } = this.#options.request
    if (idle === undefined) return undefined
    this.#refresh()
    const ruled = RULES.filter((rule) => idle[rule] !== undefined)
    return Object.fromEntries(ruled.map((rule) => [rule, Math.round(this.#idleMs(rule) / 100) / 10]))
  }

  /** Compares the time with the rules; called every second anyway. */
  check(): void {
    this.#refresh()
    const { request, nowMs, onIdle } = this.#options
    for (const rule of RULES) {
      const limitMs = (request.idle?.[rule] ?? Number.POSITIVE_INFINITY) * 1000
      if (this.#idleMs(rule) < limitMs || nowMs() - this.#begunMs < Math.min(limitMs, ARRIVAL_MS)) continue
      this[Symbol.dispose]()
      return onIdle(rule)
    }
  }

  [Symbol.dispose](): void {
    this.#checks[Symbol.dispose]()
  }

  #idleMs(rule: IdleRule): number {
    return this.#options.nowMs() - this.#busyAtMs[rule]
  }

  #refresh(): void {
    const { sourceIds, nowMs } = this.#options
    if ([...this.#live].some((id) => sourceIds.has(id))) this.#busyAtMs.noLiveSourceSec = nowMs()
    if (this.#present.size > 0) this.#busyAtMs.emptyRoomSec = nowMs()
    if (!this.#isPaused) this.#busyAtMs.pausedSec = nowMs()
  }
}

/** Who joined or left by this signal; undefined for any other signal, and where it does not say who. */
function participantOf(signal: Signal): string | undefined {
  if (signal.type !== 'participant.joined' && signal.type !== 'participant.left') return undefined
  return 'participant' in signal && typeof signal.participant === 'string' ? signal.participant : signal.from
}
