import type { RecorderEvent, RecorderRequest, TakeClock } from '../protocol/index.ts'
import { planBorder, type RecorderSurroundings, type Takes } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'
import type { RunningTake, TakeEnd } from './running-take.ts'
import { untilWritten } from './take-writer.ts'

/** A running take with what it was asked for, and the wall time of its media time zero. */
export interface Leg {
  readonly request: RecorderRequest
  readonly take: RunningTake
  readonly epochMs: Promise<number>
}

export interface RelayOptions {
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
const PRIME_MS = 28_000
/** The border lies so far in the future that both pages have heard of it. */
const NOTICE_MS = 1_000
/** A recording that ends so soon by itself does so in the take that it has. */
const NEARLY_OVER_SEC = 60

/**
 * Runs a take, and whenever it is due has the next one take over, frame by frame; resolves with the last one and how it
 * ended. A take that does not come to take over is given up: the running one goes on and is due again.
 */
export async function runRelay(options: RelayOptions, first: Leg): Promise<Leg & { readonly end: TakeEnd }> {
  let leg = first
  for (;;) {
    const due = firstEvent(leg.take, 'due')
    const end = await Promise.race([leg.take.end, due.then(() => undefined)])
    if (end !== undefined) return { ...leg, end }
    leg = (await tryHandOver(options, leg)) ?? leg
  }
}

/** The first picture's time of a take that was just started. */
export function epochOf(take: RunningTake): Promise<number> {
  return firstEvent(take, 'started').then(({ takeEpochMs }) => takeEpochMs)
}

/** Undefined when the running take goes on, or has ended. */
async function tryHandOver(options: RelayOptions, leg: Leg): Promise<Leg | undefined> {
  const { takes, surroundings, left, logger } = options
  const { take, request } = leg
  const { recordingId } = request
  const epochMs = await leg.epochMs
  using overlap = new DisposableStack()
  const isOver = overlap.use(abortOf(left, take.end))
  const next = createSuccessor()
  overlap.use(take.letHear(next))
  overlap.use(
    take.watch((event) => {
      if (event.type === 'positions') next.tell({ type: 'handover.positions', positions: event.positions })
    }),
  )
  const calledOff = (why: string): undefined => {
    logger.warn({ recordingId, take: request.take }, `the hand-over to the next take is called off: ${why}`)
    next.take?.terminate()
    take.tell({ type: 'handover.hold', isHeld: false })
  }
  const positions = firstEvent(take, 'positions')
  take.tell({ type: 'handover.hold', isHeld: true })
  const held = await within(POSITIONS_MS, [positions, isOver.promise])
  if (held === undefined) return calledOff('the running take does not tell its positions')
  const leftSec = request.maxDurationSec - held.recordedSec
  const heldMs = nowOf(held.clock)
  if (leftSec < NEARLY_OVER_SEC) return calledOff('the recording is nearly over')
  const handover = { clock: held.clock, takeEpochMs: epochMs }
  const asked = await untilWritten(() => takes.prepareNext(recordingId, handover, surroundings), logger)
  if (asked === undefined || isOver.aborted) return calledOff('the recording does not go on')
  const successor = options.start(asked)
  const primed = firstEvent(successor, 'primed')
  next.attach(successor)
  const ready = await within(PRIME_MS, [primed, isOver.promise, successor.end.then(() => undefined)])
  if (ready === undefined) return calledOff('the next take is not ready')

  const after = take.stopOrders()
  if (
    isOver.aborted ||
    next.isPaused ||
    !(await untilWritten(() => takes.handOver(recordingId, request.take), logger))
  ) {
    take.takeOrders(after)
    return calledOff('the recording does not go on')
  }
  const atMs = planBorder({ takeEpochMs: epochMs, fps: request.video.fps }, nowOf(held.clock) + NOTICE_MS)
  const maxDurationSec = leftSec - (atMs - heldMs) / 1000
  successor.tell({ type: 'handover.begin', atMs, maxDurationSec })
  take.tell({ type: 'handover.end', atMs })
  successor.takeOrders(after)
  options.onTaken(successor)
  logger.info({ recordingId, take: asked.take, atMs, sources: ready.sources }, 'the next take takes over')
  return { take: successor, request: { ...asked, maxDurationSec }, epochMs: Promise.resolve(atMs) }
}

/** What is said to the next take before it is there waits for it. */
function createSuccessor() {
  const waiting: Parameters<RunningTake['tell']>[0][] = []
  let take: RunningTake | undefined
  let isPaused = false
  return {
    /** A take that has not begun cannot be paused: the running one is, and goes on when it is resumed. */
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

/** Whether one of them has happened, and a promise that resolves when one does. */
function abortOf(signal: AbortSignal, end: Promise<unknown>) {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  let aborted = signal.aborted
  const abort = (): void => {
    aborted = true
    resolve(undefined)
  }
  signal.addEventListener('abort', abort, { once: true })
  void end.then(abort)
  if (aborted) abort()
  return {
    promise,
    get aborted() {
      return aborted
    },
    [Symbol.dispose]: () => signal.removeEventListener('abort', abort),
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
