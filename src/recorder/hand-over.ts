import {
  AppError,
  type FromPage,
  type RecorderCommand,
  type RecorderEvent,
  type RecorderRequest,
  type TakeClock,
} from '../protocol/index.ts'
import type { EndingSwitch } from './ending.ts'
import { handOverLeadMs } from './plan-lead.ts'
import type { TakePage } from './take-page.ts'

export type HandoverCommand = Extract<RecorderCommand, { type: `handover.${string}` }>

/** The recorder's part in a hand-over, as the one who leaves and as the one who comes. */
export interface HandOver extends Disposable {
  obey(command: HandoverCommand): void
  /** The browser should be renewed. A take that has only begun is not, however often it is asked: another one would need as much. */
  renew(): void
}

export interface HandOverOptions {
  readonly request: Pick<RecorderRequest, 'maxTakeSec' | 'video'>
  readonly page: TakePage
  readonly ending: EndingSwitch
  readonly emit: (event: RecorderEvent) => void
}

/** A page has flushed its encoders long before; one that has not is broken. */
const END_MS = 5_000
/** How soon a worker hears that the take is still due, when it was told in vain. */
const REPEAT_MS = 5_000
const YOUNG_MS = 10 * 60_000

/** To be made when the process begins: platforms count from there. */
export function createHandOver({ request, page, ending, emit }: HandOverOptions): HandOver {
  const { link } = page
  const bornMs = performance.now()
  const timers = new DisposableStack()
  let isDue = false
  let clock: Promise<TakeClock> | undefined

  page.onHandover((message: Extract<FromPage, { type: 'positions' | 'ready' }>) => {
    if (message.type === 'ready') emit({ type: 'ready', sources: message.sources })
    else
      void clock?.then((measured) =>
        emit({
          type: 'positions',
          clock: measured,
          positions: message.positions,
          recordedSec: page.frames().frames / request.video.fps,
        }),
      )
  })

  function becomeDue(why: 'max-take' | 'memory'): void {
    if (isDue) return
    isDue = true
    const say = (): void => emit({ type: 'handover-due', at: new Date().toISOString(), why })
    void page.started.then(() => {
      say()
      timers.adopt(setInterval(say, REPEAT_MS), clearInterval)
    })
  }
  if (request.maxTakeSec !== null) {
    const ripeMs = request.maxTakeSec * 1000 - handOverLeadMs(request.maxTakeSec)
    timers.adopt(
      setTimeout(() => becomeDue('max-take'), ripeMs),
      clearTimeout,
    )
  }

  function end(atMs: number): void {
    page.rest()
    const late = setTimeout(
      () => ending.fail(new AppError('page.unresponsive', 'The recorder page did not end its take for the next one')),
      Math.max(0, atMs - Date.now()) + END_MS,
    )
    void link.end(atMs).then(() => ending.end('handed-over'))
    void ending.ended.then(() => clearTimeout(late))
  }

  return {
    renew() {
      if (performance.now() - bornMs > YOUNG_MS) becomeDue('memory')
    },
    [Symbol.dispose]: () => timers.dispose(),
    obey(command) {
      switch (command.type) {
        case 'handover.freeze-pacing':
          clock ??= link.measureClock()
          return link.send({ type: 'freeze-pacing', isFrozen: command.isFrozen })
        case 'handover.positions':
          return link.send({ type: 'positions', positions: command.positions })
        case 'handover.begin':
          page.limitTo(command.maxDurationSec)
          return link.send({ type: 'begin', atMs: command.atMs })
        case 'handover.end':
          return end(command.atMs)
      }
    },
  }
}
