import { type RecorderPreparation, toAppError } from '../../protocol/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { backOffMs, RETRY_POLICIES, type RetryPolicy, repeat } from '../../timing/index.ts'
import type { SpareTimes } from '../worker-times.ts'
import { planSpares } from './plan-spares.ts'
import { type RecorderProcess, type RecorderScript, type TakeOfRecorder, WaitingRecorder } from './waiting-recorder.ts'

/** How many recorders wait for the next takes of this machine, and for how long. */
export interface SpareLimits {
  /** With everything loaded, while recordings run here or have run lately. */
  readonly warmRecorders: number
  /** With Chrome and the page too, always. */
  readonly warmPages: number
  readonly warmMaxAgeSec: number
  /** What one may use with its Chrome. */
  readonly warmMaxMb: number
}

/** What the machine can spare for those who wait. */
interface SpareRoom {
  /** Whether so much more memory may be in use; false for none when recordings need what those who wait have. */
  hasMemory(bytes: number): boolean
  /** True when half a core at least has nothing to do. */
  isQuiet(): boolean
}

interface RecorderPoolOptions {
  readonly recorder: RecorderScript
  readonly preparation: RecorderPreparation
  readonly limits: SpareLimits
  readonly room: SpareRoom
  readonly times: SpareTimes
  /** `RETRY_POLICIES.spare` without it. */
  readonly retry?: RetryPolicy
  readonly logger: Logger
}

/** A spare that lasted so long did not fail by how it was started. */
const LASTED_MS = 60_000
const MIB = 1024 * 1024

/**
 * The recorders of a worker. A spare one may wait for the next take, because to start a process and its Chrome takes longer than all
 * the rest of a start. Each serves one take. What was used, is lost, too old or too large is replaced in a quiet moment. Disposing the
 * pool ends those that wait; recorders with a take end by their signals.
 */
export class RecorderPool implements AsyncDisposable {
  readonly #options: RecorderPoolOptions
  readonly #spares = new Set<WaitingRecorder>()
  readonly #sweeps: AsyncDisposable
  readonly #starts = new Set<Promise<void>>()
  readonly #ends = new Set<Promise<void>>()
  /** Takes that are about to begin, by when that was known; they begin soon, or not at all. */
  #expectedAtMs: number[] = []
  #running = 0
  /** When a take began last, or was to begin. */
  #beginsAtMs = Number.NEGATIVE_INFINITY
  #endedAtMs = Number.NEGATIVE_INFINITY
  /** Since when something has been missing. */
  #missingSinceMs: number | undefined
  #measuredAtMs = performance.now()
  #failures = 0
  #notBeforeMs = 0
  #isClosed = false

  constructor(options: RecorderPoolOptions) {
    this.#options = options
    const onError = (thrown: unknown) => {
      options.logger.warn({ err: toAppError(thrown) }, 'those who wait for a take cannot be looked after now')
    }
    this.#sweeps = repeat({ everyMs: options.times.sparesMs, work: () => this.#sweep(), onError, unref: true })
  }

  /** Memory of those that wait: it is the next take's, or it is given up for one. */
  get spareBytes(): number {
    return [...this.#spares].reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** A take is about to begin: the recorder for it, and its Chrome, are started now unless they wait already. It never throws. */
  async expect(): Promise<void> {
    const nowMs = performance.now()
    this.#beginsAtMs = nowMs
    this.#expectedAtMs = this.#expectedAtMs.filter((atMs) => nowMs - atMs < this.#options.times.spareAfterMs)
    this.#expectedAtMs.push(nowMs)
    const withPage = this.#alive.filter(({ hasPage }) => hasPage)
    if (this.#isClosed || withPage.length >= this.#expectedAtMs.length) return
    const plain = this.#alive.find(({ hasPage }) => !hasPage)
    if (plain === undefined) await this.#start('page')
    else plain.prepare(this.#options.preparation)
  }

  /** Hands the take to a recorder that waits, or to a new one. Throws `recorder.crashed` when none can be started. */
  async begin(take: TakeOfRecorder): Promise<RecorderProcess> {
    this.#beginsAtMs = performance.now()
    this.#expectedAtMs.shift()
    await Promise.all(this.#starts)
    const spare = this.#pick()
    if (spare !== undefined) this.#spares.delete(spare)
    const recorder = spare ?? (await WaitingRecorder.spawn(this.#options.recorder, this.#options.logger))
    if (!recorder.hasPage) recorder.prepare(this.#options.preparation)
    take.logger.debug({ pid: recorder.pid, waitedMs: Math.round(performance.now() - recorder.bornMs) }, kindOf(spare))
    const process = recorder.begin(take)
    this.#running += 1
    void process.exited.then(() => {
      this.#running -= 1
      this.#endedAtMs = performance.now()
    })
    return process
  }

  get #alive(): readonly WaitingRecorder[] {
    return [...this.#spares].filter(({ isLost }) => !isLost)
  }

  /** The one that is nearest to its first picture. One that was stopped would say nothing to its take. */
  #pick(): WaitingRecorder | undefined {
    for (const spare of this.#alive) if (spare.isStopped) this.#onLost(spare, 'its process is stopped')
    return this.#alive.toSorted((a, b) => nearness(b) - nearness(a))[0]
  }

  async #sweep(): Promise<void> {
    const { limits, room, times } = this.#options
    const nowMs = performance.now()
    // Takes that begin have the machine, and what waits for them, for themselves.
    if (nowMs - this.#beginsAtMs < times.spareAfterMs) return
    for (const spare of this.#spares)
      if (!spare.isPrepared && nowMs - spare.bornMs > times.spareReadyMs)
        this.#onLost(spare, `it was not ready after ${times.spareReadyMs / 1000} s`)
    if (nowMs - this.#measuredAtMs >= times.spareMemoryMs) await this.#measure()
    const isActive = this.#running > 0 || nowMs - this.#endedAtMs < times.spareIdleMs
    const { drop, start } = planSpares([...this.#spares].map(describe), {
      pages: limits.warmPages,
      processes: isActive ? limits.warmRecorders : 0,
      maxAgeMs: limits.warmMaxAgeSec * 1000,
      maxBytes: this.#maxBytes,
      hasRoom: room.hasMemory(0),
    })
    for (const { recorder } of drop) {
      if (recorder.bytes > this.#maxBytes) this.#onTooLarge(recorder)
      this.#drop(recorder)
    }
    this.#missingSinceMs = start === undefined ? undefined : (this.#missingSinceMs ?? nowMs)
    if (start !== undefined && this.#mayStart(nowMs)) await this.#start(start)
  }

  /** In a quiet moment; after a while a busy machine has to bear it. */
  #mayStart(nowMs: number): boolean {
    const { room, times } = this.#options
    if (nowMs < this.#notBeforeMs || !room.hasMemory(this.#maxBytes)) return false
    return room.isQuiet() || nowMs - (this.#missingSinceMs ?? nowMs) > times.spareLatestMs
  }

  get #maxBytes(): number {
    return this.#options.limits.warmMaxMb * MIB
  }

  async #start(kind: 'page' | 'process'): Promise<void> {
    const start = this.#startSpare(kind).catch((thrown: unknown) => {
      const err = toAppError(thrown, 'recorder.crashed')
      this.#options.logger.warn({ err }, 'a recorder that is to wait for a take cannot be started')
      this.#backOff()
    })
    this.#starts.add(start)
    await start
    this.#starts.delete(start)
  }

  async #startSpare(kind: 'page' | 'process'): Promise<void> {
    const { recorder, preparation, logger } = this.#options
    const spare = await WaitingRecorder.spawn(recorder, logger)
    if (this.#isClosed) return this.#drop(spare)
    if (kind === 'page') spare.prepare(preparation)
    this.#spares.add(spare)
    void spare.lost.then((reason) => this.#onLost(spare, reason))
    void spare.prepared.then(() => this.#onPrepared(spare))
  }

  #onPrepared(spare: WaitingRecorder): void {
    const { logger } = this.#options
    logger.debug({ pid: spare.pid, page: spare.hasPage }, 'a recorder waits for a take')
    spare.measure().catch((thrown: unknown) => {
      logger.debug({ err: toAppError(thrown) }, 'the memory of a recorder that waits could not be measured')
    })
  }

  #onLost(spare: WaitingRecorder, reason: string): void {
    if (!this.#spares.has(spare)) return
    if (performance.now() - spare.bornMs > LASTED_MS && spare.isPrepared) this.#failures = 0
    this.#backOff()
    this.#options.logger.warn({ pid: spare.pid }, `a recorder that waited for a take is lost: ${reason}`)
    this.#drop(spare)
  }

  /** Where every one is too large, to start them again and again would cost the machine more than they save. */
  #onTooLarge({ pid, bytes }: WaitingRecorder): void {
    const usedMb = Math.round(bytes / MIB)
    const advice = 'it is replaced; if it always is, `PANOREC_WARM_MAX_MB` is too small'
    this.#options.logger.warn({ pid, usedMb }, `a recorder that waits uses too much memory, ${usedMb} MiB: ${advice}`)
    this.#backOff()
  }

  #backOff(): void {
    const { retry = RETRY_POLICIES.spare } = this.#options
    this.#notBeforeMs = performance.now() + backOffMs(retry, this.#failures, Math.random())
    this.#failures += 1
  }

  async #measure(): Promise<void> {
    this.#measuredAtMs = performance.now()
    // What is still being loaded says nothing of what it will need.
    for (const spare of this.#spares) if (spare.isPrepared) await spare.measure()
  }

  #drop(spare: WaitingRecorder): void {
    this.#spares.delete(spare)
    const end = spare[Symbol.asyncDispose]().catch((thrown: unknown) => {
      this.#options.logger.warn({ err: toAppError(thrown) }, 'what a recorder that waited has left cannot be removed')
    })
    this.#ends.add(end)
    void end.then(() => this.#ends.delete(end))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#sweeps[Symbol.asyncDispose]()
    await Promise.all(this.#starts)
    for (const spare of this.#spares) this.#drop(spare)
    await Promise.all(this.#ends)
  }
}

function describe(recorder: WaitingRecorder) {
  const { hasPage, isLost, bornMs, bytes } = recorder
  return { recorder, hasPage, isLost, bytes, ageMs: performance.now() - bornMs }
}

/** A page that is loaded saves most, then one that is being opened, then a process that has its code. */
function nearness({ isPageReady, hasPage, isPrepared }: WaitingRecorder): number {
  return (isPageReady ? 4 : 0) + (hasPage ? 2 : 0) + (isPrepared ? 1 : 0)
}

function kindOf(spare: WaitingRecorder | undefined): string {
  if (spare === undefined) return 'a new recorder begins the take'
  if (spare.isPageReady) return 'a recorder whose page waited begins the take'
  return spare.isPrepared
    ? 'a recorder that waited begins the take'
    : 'a recorder that was started before begins the take'
}
