import type { IdleRule, IdleTimes, RecorderEvent, RecorderRequest, Signal } from '../../protocol/index.ts'

export interface IdleWatchOptions {
  /** The rules, what was over of their time before this take, and how it begins. */
  readonly request: Pick<RecorderRequest, 'idle' | 'idleForSec' | 'isPaused' | 'handover'>
  /** The sources that the recording has now. */
  readonly sourceIds: ReadonlySet<string>
  readonly nowMs: () => number
  onIdle(rule: IdleRule): void
}

/** Hears what happens, and says when nothing has for as long as a rule of the recording allows. */
export interface IdleWatch extends Disposable {
  observe(event: RecorderEvent): void
  see(signals: readonly Signal[]): void
  /** For how long nothing has happened by each rule, earlier takes included; undefined without rules. */
  times(): IdleTimes | undefined
  /** Looks at the time; it does so by itself every second. */
  look(): void
}

const LOOK_MS = 1000
/** Whatever was before it, a take ends by no rule before its sources and its room had this time to come, or the rule's. */
const ARRIVAL_MS = 30_000
const RULES: readonly IdleRule[] = ['noLiveSourceSec', 'emptyRoomSec', 'pausedSec']

/**
 * The time runs on from where it was in the take before, from the beginning of the first take, or from the last moment at which a
 * source was live or somebody present. The time between two takes does not count: nobody looked.
 */
export function watchIdle({ request, sourceIds, nowMs, onIdle }: IdleWatchOptions): IdleWatch {
  const rules = request.idle ?? {}
  const bornMs = nowMs()
  const live = new Set<string>()
  const present = new Set<string>()
  const sinceMs = (rule: IdleRule): number => bornMs - (request.idleForSec?.[rule] ?? 0) * 1000
  const busyAtMs: Record<IdleRule, number> = {
    noLiveSourceSec: sinceMs('noLiveSourceSec'),
    emptyRoomSec: sinceMs('emptyRoomSec'),
    pausedSec: sinceMs('pausedSec'),
  }
  let isPaused = request.isPaused
  /** A take that waits to take over ends by no rule: nothing has to be live in it yet. */
  let begunMs = request.handover === null ? bornMs : Number.POSITIVE_INFINITY

  const refresh = (): void => {
    if ([...live].some((id) => sourceIds.has(id))) busyAtMs.noLiveSourceSec = nowMs()
    if (present.size > 0) busyAtMs.emptyRoomSec = nowMs()
    if (!isPaused) busyAtMs.pausedSec = nowMs()
  }
  const look = (): void => {
    refresh()
    for (const rule of RULES) {
      const limitMs = (rules[rule] ?? Number.POSITIVE_INFINITY) * 1000
      if (nowMs() - busyAtMs[rule] < limitMs || nowMs() - begunMs < Math.min(limitMs, ARRIVAL_MS)) continue
      clearInterval(timer)
      return onIdle(rule)
    }
  }
  const timer = setInterval(look, LOOK_MS)
  return {
    look,
    times() {
      if (request.idle === undefined) return undefined
      refresh()
      const ruled = RULES.filter((rule) => rules[rule] !== undefined)
      return Object.fromEntries(ruled.map((rule) => [rule, Math.round((nowMs() - busyAtMs[rule]) / 100) / 10]))
    },
    observe(event) {
      if (event.type === 'started') begunMs = Math.min(begunMs, nowMs())
      if (event.type === 'paused' || event.type === 'resumed') {
        look()
        isPaused = event.type === 'paused'
      }
      if (event.type !== 'source') return
      look()
      if (event.state === 'live') live.add(event.sourceId)
      else live.delete(event.sourceId)
    },
    see(signals) {
      look()
      for (const signal of signals) {
        if (signal.type !== 'participant.joined' && signal.type !== 'participant.left') continue
        const named =
          'participant' in signal && typeof signal.participant === 'string' ? signal.participant : signal.from
        if (named === undefined) continue
        if (signal.type === 'participant.joined') present.add(named)
        else present.delete(named)
      }
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
