import { type RecorderEvent, type RecorderRequest, type TakeClock, toAppError } from '../../protocol/index.ts'
import { planSwitchTime, type RecorderSurroundings, type Takes } from '../../recording/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { untilWritten } from '../take/report-writer.ts'
import type { RunningTake } from '../take/supervise-take.ts'
import type { TakeEnd } from '../take/take-end.ts'
import { restMs, watchDue } from './handover-schedule.ts'

/** A running take with what it was asked for, and the wall time of its media time zero. */
export interface ActiveTake {
  readonly request: RecorderRequest
  readonly take: RunningTake
  readonly epochMs: Promise<number>
  /** Resolves when the take is written: no other can take over before. */
  readonly written: Promise<unknown>
}

export interface HandoverOptions {
  readonly takes: Pick<Takes, 'prepareNext' | 'handOver'>
  readonly surroundings: RecorderSurroundings
  /** Starts a recorder that waits to take over. */
  readonly start: (request: RecorderRequest) => RunningTake
  /** The recording is this take's now. */
  readonly onTaken: (take: RunningTake) => void
  /** No take is to take over any more. */
  readonly left: AbortSignal
  readonly logger: Logger
}

/** A running page answers with its next report, within a second. */
const POSITIONS_MS = 5_000
/** How long the next take may look for its place; its page begins as it is after 18 s of that. */
const READY_MS = 28_000
/** The switch time lies so far in the future that both pages have heard of it. */
const NOTICE_MS = 1_000
/** A recording that ends so soon by itself does so in the take that it has. */
const NEARLY_OVER_SEC = 60

/**
 * Runs a take, and whenever it is due has the next one take over, frame by frame; resolves with the last one and how it
 * ended. A take that does not come to take over is given up: the running one goes on and is due again.
 */
export async function runHandover(
  options: HandoverOptions,
  first: ActiveTake,
): Promise<ActiveTake & { readonly end: TakeEnd }> {
  let leg = first
  for (;;) {
    const next = await runLeg(options, leg)
    if ('kind' in next) return { ...leg, end: next }
    leg = next
  }
}

/** The first picture's time of a take that was just started. */
export function epochOf(take: RunningTake): Promise<number> {
  return firstEvent(take, 'started').then(({ takeEpochMs }) => takeEpochMs)
}

/** Resolves with how the take ended, or with the one that took over. */
async function runLeg(options: HandoverOptions, leg: ActiveTake): Promise<ActiveTake | TakeEnd> {
  using dues = watchDue(leg.take, { isPaused: leg.request.isPaused, nowMs: () => performance.now() })
  for (let failures = 0; ; failures += 1) {
    const due = leg.written.then(() => dues.next(restMs(failures))).then(() => undefined)
    const end = await Promise.race([leg.take.end, due])
    const next = end ?? (await tryHandOver(options, leg))
    if (next !== undefined) return next
  }
}

/** Undefined when the running take goes on, or has ended. */
async function tryHandOver(options: HandoverOptions, leg: ActiveTake): Promise<ActiveTake | undefined> {
  const { take, request } = leg
  const logger = options.logger.child({ recordingId: request.recordingId, take: request.take })
  if (take.ending.aborted) return undefined
  using overlap = openAttempt(options, leg)
  try {
    const ready = await readyNext(options, leg, overlap)
    const next = typeof ready === 'string' ? ready : await pass(options, leg, { overlap, ready })
    if (typeof next !== 'string') return next
    logger.warn(`the hand-over to the next take is called off: ${next}`)
  } catch (thrown) {
    logger.error({ err: toAppError(thrown) }, 'the hand-over to the next take is called off')
  }
  overlap.next.take?.terminate()
  take.tell({ type: 'handover.freeze-pacing', isFrozen: false })
  return undefined
}

interface HandoverAttempt extends Disposable {
  readonly next: Successor
  readonly isOver: ReturnType<typeof anyAbort>
}

/** The next take hears what the running one is told and tells, from before it is there on. */
function openAttempt({ left }: HandoverOptions, { take }: ActiveTake): HandoverAttempt {
  const links = new DisposableStack()
  const next = createSuccessor()
  links.use(take.letHear(next))
  links.use(
    take.watch((event) => {
      if (event.type === 'positions') next.tell({ type: 'handover.positions', positions: event.positions })
    }),
  )
  return { next, isOver: links.use(anyAbort([left, take.ending])), [Symbol.dispose]: () => links.dispose() }
}

interface ReadyNext {
  readonly asked: RecorderRequest
  readonly successor: RunningTake
  readonly epochMs: number
  readonly held: EventOf<'positions'>
  readonly heldMs: number
  readonly sources: EventOf<'ready'>['sources']
}

/** Starts the next take and waits until it is in step; or why there is none. */
async function readyNext(
  options: HandoverOptions,
  leg: ActiveTake,
  { next, isOver }: HandoverAttempt,
): Promise<ReadyNext | string> {
  const { take, request } = leg
  const epochMs = await leg.epochMs
  const positions = firstEvent(take, 'positions')
  take.tell({ type: 'handover.freeze-pacing', isFrozen: true })
  const held = await within(POSITIONS_MS, [positions, isOver.promise])
  if (held === undefined) return 'the running take does not tell its positions'
  const heldMs = nowOf(held.clock)
  if (request.maxDurationSec - held.recordedSec < NEARLY_OVER_SEC) return 'the recording is nearly over'
  const handover = { clock: held.clock, takeEpochMs: epochMs }
  const prepare = () => options.takes.prepareNext(request.recordingId, handover, options.surroundings)
  const asked = await untilWritten(prepare, options.logger, isOver.signal)
  if (asked === undefined || isOver.signal.aborted) return 'the recording does not go on'
  const successor = options.start(asked)
  const readyEvent = firstEvent(successor, 'ready')
  next.attach(successor)
  const ready = await within(READY_MS, [readyEvent, isOver.promise, successor.end.then(() => undefined)])
  if (ready === undefined) return 'the next take is not ready'
  return { asked, successor, epochMs, held, heldMs, sources: ready.sources }
}

/** The recording becomes the next take's, and both are told the switch time; or why it does not. */
async function pass(
  { takes, onTaken, logger }: HandoverOptions,
  { take, request, written }: ActiveTake,
  { overlap, ready }: { readonly overlap: HandoverAttempt; readonly ready: ReadyNext },
): Promise<ActiveTake | string> {
  const { asked, successor, epochMs, held, heldMs, sources } = ready
  const handOver = { from: request.take, to: asked.take }
  const after = take.stopOrders()
  let isPassed = false
  try {
    // A stop that the running take was brought by now ends the recording in it; one that comes later is the next take's.
    const goesOn = !overlap.isOver.signal.aborted && !overlap.next.isPaused
    isPassed =
      goesOn && (await untilWritten(() => takes.handOver(request.recordingId, handOver), logger, overlap.isOver.signal))
  } finally {
    if (!isPassed) take.takeOrders(after)
  }
  if (!isPassed) return 'the recording does not go on'
  const atMs = planSwitchTime({ takeEpochMs: epochMs, fps: request.video.fps }, nowOf(held.clock) + NOTICE_MS)
  const maxDurationSec = request.maxDurationSec - held.recordedSec - (atMs - heldMs) / 1000
  successor.tell({ type: 'handover.begin', atMs, maxDurationSec })
  take.tell({ type: 'handover.end', atMs })
  successor.takeOrders(after)
  onTaken(successor)
  logger.info({ recordingId: request.recordingId, take: asked.take, atMs, sources }, 'the next take takes over')
  return { take: successor, request: { ...asked, maxDurationSec }, epochMs: Promise.resolve(atMs), written }
}

interface Successor extends Pick<RunningTake, 'tell'> {
  /** A take that has not begun cannot be paused: the running one is, and goes on when it is resumed. */
  readonly isPaused: boolean
  readonly take: RunningTake | undefined
  attach(started: RunningTake): void
}

/** What is said to the next take before it is there waits for it. */
function createSuccessor(): Successor {
  const waiting: Parameters<RunningTake['tell']>[0][] = []
  let take: RunningTake | undefined
  let isPaused = false
  return {
    get isPaused() {
      return isPaused
    },
    get take() {
      return take
    },
    tell(order: Parameters<RunningTake['tell']>[0]): void {
      if (order.type === 'pause') isPaused = true
      else if (take === undefined) waiting.push(order)
      else take.tell(order)
    },
    attach(started: RunningTake): void {
      take = started
      for (const order of waiting.splice(0)) started.tell(order)
    },
  }
}

type EventOf<T extends RecorderEvent['type']> = Extract<RecorderEvent, { type: T }>

/** Never resolves when there is none. */
function firstEvent<T extends RecorderEvent['type']>(take: RunningTake, type: T): Promise<EventOf<T>> {
  return new Promise((resolve) => {
    const watch = take.watch((event) => {
      if (event.type !== type) return
      watch[Symbol.dispose]()
      resolve(event as EventOf<T>)
    })
  })
}

/** A signal that is aborted with the first of them, and a promise that resolves then. */
function anyAbort(signals: readonly AbortSignal[]) {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const any = new AbortController()
  const abort = (): void => {
    any.abort()
    resolve(undefined)
  }
  for (const signal of signals) {
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
  }
  return {
    promise,
    signal: any.signal,
    [Symbol.dispose]() {
      for (const signal of signals) signal.removeEventListener('abort', abort)
    },
  }
}

async function within<T>(ms: number, events: readonly Promise<T | undefined>[]): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => resolve(undefined), ms)
  return await Promise.race([...events, promise]).finally(() => clearTimeout(timer))
}

/** What the clock says now: its recorder runs on this machine. */
function nowOf({ offsetMs }: TakeClock): number {
  return Number(process.hrtime.bigint()) / 1e6 + offsetMs
}
