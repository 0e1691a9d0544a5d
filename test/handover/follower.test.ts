import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Follower } from '../../recorder-page/handover/follower.ts'
import type { SteerChange } from '../../recorder-page/sources/index.ts'
import type { SourceSync } from '../../src/protocol/page-link.ts'

const FRAME_MS = 40
/** What a move costs a player of an idle machine. */
const SEEK_LAG_MS = 300

/** A player in real time: it shows media time zero at `offsetMs`, and a move costs it some time. */
class ScriptedPlayer {
  offsetMs: number
  #sinceMs = Date.now()
  #rate = 1
  #rateSinceMs = 0
  readonly #canSeek: boolean
  readonly #seekLagMs: (seek: number) => number
  seeks = 0
  isWhole = false

  constructor(offsetMs: number, canSeek: boolean, seekLagMs: (seek: number) => number = () => SEEK_LAG_MS) {
    this.offsetMs = offsetMs
    this.#canSeek = canSeek
    this.#seekLagMs = seekLagMs
  }

  get played() {
    const readings = Math.max(0, Math.floor((Date.now() - this.#sinceMs) / FRAME_MS))
    if (readings === 0 || this.#rate !== 1) return undefined
    return { offsetMs: this.offsetMs, originMs: 7_000, periodMs: null, isWhole: this.isWhole, readings }
  }

  steer(change: SteerChange): boolean {
    if (!this.#canSeek) return false
    if ('byMs' in change) {
      this.offsetMs += this.#seekLagMs(this.seeks) - change.byMs
      this.seeks += 1
    } else {
      this.offsetMs -= (this.#rate - 1) * (Date.now() - this.#rateSinceMs)
      this.#rate = change.rate
      this.#rateSinceMs = Date.now()
    }
    this.#sinceMs = Date.now()
    return true
  }
}

function follow(player: ScriptedPlayer) {
  const aligned: { readonly mediaZeroMs: number; readonly isMoved: boolean }[] = []
  let ready: readonly SourceSync[] | undefined
  const follower = new Follower({
    players: { sourceIds: ['amy'], played: () => player.played, steer: (_id, change) => player.steer(change) },
    nowMs: () => Date.now(),
    onAligned: (_id, mediaZeroMs, isMoved) => aligned.push({ mediaZeroMs, isMoved }),
    onReady: (sources) => {
      ready = sources
    },
  })
  return { follower, aligned, ready: () => ready }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the follower', () => {
  it.each([
    ['far behind', 40_000],
    ['far ahead', -40_000],
    ['a little ahead', -500],
    ['in its place', -190],
  ])('brings a player that is %s to where its frames are due', async (_name, offMs) => {
    const recordedMs = 1_000_000
    const player = new ScriptedPlayer(recordedMs + 7_000 + offMs, true)
    const { follower, aligned, ready } = follow(player)
    using _follower = follower
    follower.update([{ sourceId: 'amy', recordedMs }])
    await vi.advanceTimersByTimeAsync(12_000)
    expect(ready()).toMatchObject([{ sourceId: 'amy', inStep: true }])
    const lookBackMs = ready()?.[0]?.lookBackMs ?? 0
    expect(lookBackMs).toBeGreaterThanOrEqual(90)
    expect(lookBackMs).toBeLessThanOrEqual(290)
    expect(aligned.at(-1)).toEqual({ mediaZeroMs: recordedMs + 7_000, isMoved: false })
    expect(player.seeks).toBeLessThanOrEqual(2)
  })

  it.each([
    ['now 1500 ms, now 100 ms', (seek: number) => (seek % 2 === 0 ? 1500 : 100)],
    ['more each time', (seek: number) => 1200 + 900 * seek],
  ])('brings a player to its place whose moves cost %s', async (_name, seekLagMs) => {
    const player = new ScriptedPlayer(7_000 + 40_000, true, seekLagMs)
    const { follower, ready } = follow(player)
    using _follower = follower
    follower.update([{ sourceId: 'amy', recordedMs: 0 }])
    await vi.advanceTimersByTimeAsync(16_000)
    expect(ready()).toMatchObject([{ sourceId: 'amy', inStep: true }])
    expect(ready()?.[0]?.lookBackMs).toBeGreaterThanOrEqual(90)
    expect(ready()?.[0]?.lookBackMs).toBeLessThanOrEqual(290)
  })

  it.each([true, false])('moves a player by minutes only where its stream is whole: %s', async (isWhole) => {
    const player = new ScriptedPlayer(7_000 + 400_000, true)
    player.isWhole = isWhole
    const { follower, ready } = follow(player)
    using _follower = follower
    follower.update([{ sourceId: 'amy', recordedMs: 0 }])
    await vi.advanceTimersByTimeAsync(12_000)
    expect(ready()).toMatchObject([{ sourceId: 'amy', inStep: isWhole }])
    expect(player.seeks > 0).toBe(isWhole)
  })

  it('takes a player as it is that cannot be moved, near or far', async () => {
    const near = follow(new ScriptedPlayer(7_000 - 60, false))
    near.follower.update([{ sourceId: 'amy', recordedMs: 0 }])
    const far = follow(new ScriptedPlayer(7_000 - 5_000, false))
    far.follower.update([{ sourceId: 'amy', recordedMs: 0 }])
    await vi.advanceTimersByTimeAsync(5_000)
    near.follower[Symbol.dispose]()
    far.follower[Symbol.dispose]()
    expect(near.ready()).toMatchObject([{ inStep: true, lookBackMs: 60 }])
    expect(far.ready()).toMatchObject([{ inStep: false }])
  })

  it('does not wait for ever for a player that shows nothing', async () => {
    const { follower, ready } = follow(new ScriptedPlayer(Number.NaN, true))
    using _follower = follower
    vi.spyOn(ScriptedPlayer.prototype, 'played', 'get').mockReturnValue(undefined)
    follower.update([{ sourceId: 'amy', recordedMs: 0 }])
    await vi.advanceTimersByTimeAsync(17_000)
    expect(ready()).toBeUndefined()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(ready()).toEqual([{ sourceId: 'amy', inStep: false, lookBackMs: null }])
    vi.restoreAllMocks()
  })
})
