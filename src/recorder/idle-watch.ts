import type { RecorderEvent, RecorderRequest, Signal } from '../protocol/index.ts'

/** Which rule says that nothing happens any more. */
export type IdleRule = 'noLiveSourceSec' | 'emptyRoomSec' | 'pausedSec'

export interface IdleWatchOptions {
  readonly rules: RecorderRequest['idle']
  /** The sources that the recording has now. */
  readonly sourceIds: ReadonlySet<string>
  readonly nowMs: () => number
  onIdle(rule: IdleRule): void
}

/** Hears what happens, and says when nothing has for as long as a rule of the recording allows. */
export interface IdleWatch extends Disposable {
  observe(event: RecorderEvent): void
  see(signals: readonly Signal[]): void
  /** Looks at the time; it does so by itself every second. */
  look(): void
}

const LOOK_MS = 1000
const RULES: readonly IdleRule[] = ['noLiveSourceSec', 'emptyRoomSec', 'pausedSec']

/** The time runs from the beginning of the take, or from the last moment at which a source was live or somebody present. */
export function watchIdle({ rules = {}, sourceIds, nowMs, onIdle }: IdleWatchOptions): IdleWatch {
  const live = new Set<string>()
  const present = new Set<string>()
  const busyAtMs: Record<IdleRule, number> = { noLiveSourceSec: nowMs(), emptyRoomSec: nowMs(), pausedSec: nowMs() }
  let isPaused = false

  const look = (): void => {
    if ([...live].some((id) => sourceIds.has(id))) busyAtMs.noLiveSourceSec = nowMs()
    if (present.size > 0) busyAtMs.emptyRoomSec = nowMs()
    if (!isPaused) busyAtMs.pausedSec = nowMs()
    for (const rule of RULES) {
      const limitSec = rules[rule]
      if (limitSec === undefined || nowMs() - busyAtMs[rule] < limitSec * 1000) continue
      clearInterval(timer)
      return onIdle(rule)
    }
  }
  const timer = setInterval(look, LOOK_MS)
  return {
    look,
    observe(event) {
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
