import type { SourcePosition, SourceSync } from '../../src/protocol/page-link.ts'
import { nearest } from './nearest.ts'
import { AIM_MS, planSteer } from './plan-steer.ts'
import type { Played } from './play-watch.ts'

/** The players of a page. */
export interface Players {
  readonly sourceIds: readonly string[]
  played(sourceId: string): Played | undefined
  steer(sourceId: string, change: { readonly byMs: number } | { readonly rate: number }): boolean
}

export interface FollowerOptions {
  readonly players: Players
  readonly nowMs: () => number
  /** This source's media time zero is due then; `isMoved`: its player was moved since the last call. */
  readonly onDue: (sourceId: string, dueMs: number, isMoved: boolean) => void
  /** Called once. */
  readonly onReady: (sources: readonly SourceSync[]) => void
}

const LOOK_EVERY_MS = 200
/** So many frames tell where a player is, within a few milliseconds; */
const READINGS = 10
/** and so many that it stays there, and how long its picture is delayed. */
const SETTLED_READINGS = 25
/** A player that was moved shows frames of the old place for a moment. */
const SEEK_REST_MS = 800
const RATE_REST_MS = 300
/** What a seek loses until the player goes on, before it is measured. */
const FIRST_SEEK_LAG_MS = 150
const LONGEST_SEEK_LAG_MS = 3000
/** A player that is moved in vain so often is in a place of its own: the stream does not reach back so far. */
const MOST_SEEKS = 4
/** Then the rest is taken as it is. */
const PATIENCE_MS = 18_000
/** Two positions of one live stream that are farther apart than any player's buffer are not of one clock. */
const FARTHEST_MS = 60_000

interface Followed {
  readonly sourceId: string
  recordedMs: number
  lookBackMs: number | null
  phase: 'look' | 'settle' | 'in-step' | 'given-up'
  isMoved: boolean
  seeks: number
  seekLagMs: number
  /** Nothing is looked at before. */
  restUntilMs: number
  /** The rate is changed until then. */
  rateUntilMs: number | null
}

/** Steers the players of a page to the positions of another page and keeps them there, until it is disposed. */
export class Follower implements Disposable {
  readonly #options: FollowerOptions
  readonly #sources = new Map<string, Followed>()
  readonly #startedMs: number
  readonly #timer: ReturnType<typeof setInterval>
  #heard = false
  #isReadySent = false

  constructor(options: FollowerOptions) {
    this.#options = options
    this.#startedMs = options.nowMs()
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS)
  }

  /** Where the other page has its sources now. */
  update(positions: readonly SourcePosition[]): void {
    this.#heard = true
    for (const { sourceId, recordedMs } of positions) {
      const known = this.#sources.get(sourceId)
      if (known === undefined) this.#sources.set(sourceId, newcomer(sourceId, recordedMs))
      else known.recordedMs = recordedMs
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    for (const source of this.#sources.values()) this.#endRate(source)
  }

  #look(): void {
    const present = new Set(this.#options.players.sourceIds)
    for (const source of this.#sources.values()) {
      if (present.has(source.sourceId)) this.#lookAt(source)
      else this.#sources.delete(source.sourceId)
    }
    if (!this.#isReadySent && this.#isReady) this.#sendReady()
  }

  get #isReady(): boolean {
    if (this.#options.nowMs() - this.#startedMs > PATIENCE_MS) return true
    const sources = [...this.#sources.values()]
    return this.#heard && sources.every(({ phase }) => phase === 'in-step' || phase === 'given-up')
  }

  #sendReady(): void {
    this.#isReadySent = true
    const sources = [...this.#sources.values()]
    this.#options.onReady(
      sources.map(({ sourceId, phase, lookBackMs }) => ({ sourceId, inStep: phase === 'in-step', lookBackMs })),
    )
  }

  #lookAt(source: Followed): void {
    const { players, nowMs } = this.#options
    if (source.rateUntilMs !== null && nowMs() >= source.rateUntilMs) this.#endRate(source)
    if (source.phase === 'given-up' || source.rateUntilMs !== null || nowMs() < source.restUntilMs) return
    const played = players.played(source.sourceId)
    if (played === undefined || played.readings < READINGS) return
    const { offsetMs, originMs, periodMs, isWhole } = played
    const dueMs = nearest(source.recordedMs + originMs, offsetMs + AIM_MS, periodMs)
    source.lookBackMs = dueMs - offsetMs
    if (!isWhole && Math.abs(source.lookBackMs) > FARTHEST_MS) return this.#giveUp(source)
    this.#options.onDue(source.sourceId, dueMs, source.isMoved)
    source.isMoved = false
    if (source.phase === 'in-step') return
    if (source.phase === 'look') this.#steer(source, source.lookBackMs)
    else if (played.readings >= SETTLED_READINGS) source.phase = 'in-step'
  }

  #steer(source: Followed, lookBackMs: number): void {
    const steer = planSteer(lookBackMs, source.seeks)
    if (steer.kind === 'good') {
      source.phase = 'settle'
      return
    }
    const { players, nowMs } = this.#options
    if (steer.kind === 'rate') {
      if (!players.steer(source.sourceId, { rate: steer.rate })) source.phase = 'settle'
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

  /** Its frames are chosen as those of a source that has just come. */
  #giveUp(source: Followed): void {
    source.phase = 'given-up'
  }
}

function newcomer(sourceId: string, recordedMs: number): Followed {
  return {
    sourceId,
    recordedMs,
    lookBackMs: null,
    phase: 'look',
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
