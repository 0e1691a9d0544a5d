import type { SourcePosition, SourceSync } from '../../src/protocol/page-link.ts'
import { type Repeater, repeat } from '../../src/timing/index.ts'
import type { SteerChange } from '../sources/index.ts'
import { nearest } from './nearest.ts'
import { AIM_MS, planSteer } from './plan-steer.ts'
import type { Played } from './play-watch.ts'

/** The players of a page. */
interface Players {
  readonly sourceIds: readonly string[]
  played(sourceId: string): Played | undefined
  steer(sourceId: string, change: SteerChange): boolean
}

interface FollowerOptions {
  readonly players: Players
  readonly nowMs: () => number
  /** Called with the time at which this source's media time zero is recorded. `isMoved`: its player was moved since the last call. */
  readonly onAligned: (sourceId: string, mediaZeroMs: number, isMoved: boolean) => void
  /** Called once, when every source is in step or given up. */
  readonly onReady: (sources: readonly SourceSync[]) => void
}

const CHECK_EVERY_MS = 200
/** With so many frames the place of a player is known within a few milliseconds; */
const READINGS = 10
/** with so many that it is steady, and how long its picture is delayed. */
const STEADY_READINGS = 25
/** A player that was moved still shows frames of the old place for this long. */
const SEEK_REST_MS = 800
const RATE_REST_MS = 300
/** The assumed time that a seek costs, until it is measured. */
const FIRST_SEEK_LAG_MS = 150
const LONGEST_SEEK_LAG_MS = 3000
/** A player that misses its place after so many seeks cannot get there: the stream does not reach back so far. */
const MOST_SEEKS = 4
/** After this time the page is ready, in step or not. */
const PATIENCE_MS = 18_000
/** Positions of one live stream that are farther apart than any player's buffer are not of one clock. */
const FARTHEST_MS = 60_000

interface Followed {
  readonly sourceId: string
  recordedMs: number
  lookBackMs: number | null
  phase: 'steered' | 'confirmed' | 'in-step' | 'given-up'
  isMoved: boolean
  seeks: number
  seekLagMs: number
  /** It is not checked before this time. */
  restUntilMs: number
  /** Until when its rate is changed; null at the normal rate. */
  rateUntilMs: number | null
}

/** Steers the players of a standby page to the positions of the running page and keeps them there, until it is disposed. */
export class Follower implements Disposable {
  readonly #options: FollowerOptions
  readonly #sources = new Map<string, Followed>()
  readonly #startedMs: number
  readonly #repeater: Repeater
  #hasPositions = false
  #isReadySent = false

  constructor(options: FollowerOptions) {
    this.#options = options
    this.#startedMs = options.nowMs()
    this.#repeater = repeat({ everyMs: CHECK_EVERY_MS, work: () => this.#checkAll() })
  }

  /** The positions of the running page now. */
  update(positions: readonly SourcePosition[]): void {
    this.#hasPositions = true
    for (const { sourceId, recordedMs } of positions) {
      const known = this.#sources.get(sourceId)
      if (known === undefined) this.#sources.set(sourceId, newcomer(sourceId, recordedMs))
      else known.recordedMs = recordedMs
    }
  }

  [Symbol.dispose](): void {
    this.#repeater[Symbol.dispose]()
    for (const source of this.#sources.values()) this.#endRate(source)
  }

  #checkAll(): void {
    const present = new Set(this.#options.players.sourceIds)
    for (const source of this.#sources.values()) {
      if (present.has(source.sourceId)) this.#check(source)
      else this.#sources.delete(source.sourceId)
    }
    if (!this.#isReadySent && this.#isReady) this.#sendReady()
  }

  get #isReady(): boolean {
    if (this.#options.nowMs() - this.#startedMs > PATIENCE_MS) return true
    const sources = [...this.#sources.values()]
    return this.#hasPositions && sources.every(({ phase }) => phase === 'in-step' || phase === 'given-up')
  }

  #sendReady(): void {
    this.#isReadySent = true
    const sources = [...this.#sources.values()]
    this.#options.onReady(
      sources.map(({ sourceId, phase, lookBackMs }) => ({ sourceId, inStep: phase === 'in-step', lookBackMs })),
    )
  }

  #check(source: Followed): void {
    const { players, nowMs } = this.#options
    if (source.rateUntilMs !== null && nowMs() >= source.rateUntilMs) this.#endRate(source)
    if (source.phase === 'given-up' || source.rateUntilMs !== null || nowMs() < source.restUntilMs) return
    const played = players.played(source.sourceId)
    if (played === undefined || played.readings < READINGS) return
    const { offsetMs, originMs, periodMs, isWhole } = played
    const mediaZeroMs = nearest(source.recordedMs + originMs, offsetMs + AIM_MS, periodMs)
    source.lookBackMs = mediaZeroMs - offsetMs
    if (!isWhole && Math.abs(source.lookBackMs) > FARTHEST_MS) return this.#giveUp(source)
    this.#options.onAligned(source.sourceId, mediaZeroMs, source.isMoved)
    source.isMoved = false
    if (source.phase === 'in-step') return
    if (source.phase === 'steered') this.#steer(source, source.lookBackMs)
    else if (played.readings >= STEADY_READINGS) source.phase = 'in-step'
  }

  #steer(source: Followed, lookBackMs: number): void {
    const steer = planSteer(lookBackMs, source.seeks)
    if (steer.kind === 'good') {
      source.phase = 'confirmed'
      return
    }
    const { players, nowMs } = this.#options
    if (steer.kind === 'rate') {
      if (!players.steer(source.sourceId, { rate: steer.rate })) source.phase = 'confirmed'
      else source.rateUntilMs = nowMs() + steer.forMs
      return
    }
    if (source.seeks > 0) source.seekLagMs = clamp(source.seekLagMs + steer.byMs)
    if (source.seeks === MOST_SEEKS) return this.#giveUp(source)
    if (!players.steer(source.sourceId, { byMs: steer.byMs + source.seekLagMs })) return this.#giveUp(source)
    source.seeks += 1
    source.isMoved = true
    source.restUntilMs = nowMs() + SEEK_REST_MS
  }

  #endRate(source: Followed): void {
    if (source.rateUntilMs === null) return
    this.#options.players.steer(source.sourceId, { rate: 1 })
    source.rateUntilMs = null
    source.isMoved = true
    source.restUntilMs = this.#options.nowMs() + RATE_REST_MS
  }

  /** From now on its frames are paced as those of a new source. */
  #giveUp(source: Followed): void {
    source.phase = 'given-up'
  }
}

function newcomer(sourceId: string, recordedMs: number): Followed {
  return {
    sourceId,
    recordedMs,
    lookBackMs: null,
    phase: 'steered',
    isMoved: false,
    seeks: 0,
    seekLagMs: FIRST_SEEK_LAG_MS,
    restUntilMs: 0,
    rateUntilMs: null,
  }
}

function clamp(ms: number): number {
  return Math.min(LONGEST_SEEK_LAG_MS, Math.max(0, ms))
}
