import {
  AppError,
  type FromPage,
  type RecorderCommand,
  type RecorderEvent,
  type RecorderRequest,
  type TakeClock,
} from '../protocol/index.ts'
import { after, repeat } from '../timing/index.ts'
import { handOverLeadMs } from './plan-lead.ts'
import type { EndingSwitch } from './take-ending.ts'
import type { TakePage } from './take-page.ts'

type HandoverCommand = Extract<RecorderCommand, { type: `handover.${string}` }>

interface TakeHandoverOptions {
  readonly request: Pick<RecorderRequest, 'maxTakeSec' | 'video'>
  readonly page: TakePage
  readonly ending: EndingSwitch
  readonly emit: (event: RecorderEvent) => void
}

/** How long after the switch time the page may flush its encoders: one that has not by then is broken. */
const END_MS = 5_000
/** How often `handover-due` is sent, for a worker that could not act on the one before. */
const REPEAT_MS = 5_000
const YOUNG_MS = 10 * 60_000

/** The recorder's part in a hand-over, as the take that ends and as the one that begins. */
export class TakeHandover implements Disposable {
  readonly #options: TakeHandoverOptions
  readonly #timers = new DisposableStack()
  readonly #bornMs = performance.now()
  #isRequested = false
  #clock: Promise<TakeClock> | undefined

  /** Is made when the process begins: platforms count their limits from there. */
  constructor(options: TakeHandoverOptions) {
    this.#options = options
    options.page.onHandover((message) => this.#onPageMessage(message))
    const { maxTakeSec } = options.request
    if (maxTakeSec === null) return
    const dueMs = maxTakeSec * 1000 - handOverLeadMs(maxTakeSec)
    this.#timers.use(after(dueMs, () => this.#requestHandover('max-take')))
  }

  [Symbol.dispose](): void {
    this.#timers.dispose()
  }

  /** Asks for a new browser. A take that has only begun is not handed over for it: the next one would need as much memory. */
  renewBrowser(): void {
    if (performance.now() - this.#bornMs > YOUNG_MS) this.#requestHandover('memory')
  }

  handle(command: HandoverCommand): void {
    const { page } = this.#options
    switch (command.type) {
      case 'handover.freeze-pacing':
        this.#clock ??= page.link.measureClock()
        return page.link.send({ type: 'freeze-pacing', isFrozen: command.isFrozen })
      case 'handover.positions':
        return page.link.send({ type: 'positions', positions: command.positions })
      case 'handover.begin':
        page.limitTo(command.maxDurationSec)
        return page.link.send({ type: 'begin', atMs: command.atMs })
      case 'handover.end':
        return this.#end(command.atMs)
    }
  }

  #requestHandover(why: 'max-take' | 'memory'): void {
    if (this.#isRequested) return
    this.#isRequested = true
    const { page, emit } = this.#options
    void page.started.then(() => {
      if (this.#timers.disposed) return
      const work = (): void => emit({ type: 'handover-due', at: new Date().toISOString(), why })
      this.#timers.use(repeat({ everyMs: REPEAT_MS, work, atOnce: true }))
    })
  }

  #onPageMessage(message: Extract<FromPage, { type: 'positions' | 'ready' }>): void {
    if (message.type === 'ready') return this.#options.emit({ type: 'ready', sources: message.sources })
    void this.#clock?.then((clock) => this.#sendPositions(clock, message.positions))
  }

  #sendPositions(clock: TakeClock, positions: Extract<RecorderEvent, { type: 'positions' }>['positions']): void {
    const { page, request, emit } = this.#options
    emit({ type: 'positions', clock, positions, recordedSec: page.frames.frames / request.video.fps })
  }

  #end(atMs: number): void {
    const { page, ending } = this.#options
    page.expectNoPictures()
    const late = after(Math.max(0, atMs - Date.now()) + END_MS, () =>
      ending.fail(new AppError('page.unresponsive', 'The recorder page did not end its take for the next one')),
    )
    void page.link.end(atMs).then(() => ending.end('handed-over'))
    void ending.ended.then(() => late[Symbol.dispose]())
  }
}
