import { describe, expect, test } from 'vitest'
import { FrameWatch, type Motion, STALL_MS } from '../../recorder-page/sources/frames/frame-watch.ts'

const LOOK_MS = 200
/** By then every stream of these tests has proved that it moves. */
const BEGUN_MS = 4000

/** Looks at a stream of `fps` until `untilMs`, then at a stopped one; the time from the stop to the first `still`. */
function stallAfterMs(fps: number, untilMs: number): number {
  const watch = new FrameWatch(0)
  let motion: Motion = 'waiting'
  for (let nowMs = LOOK_MS; nowMs < untilMs + 20_000; nowMs += LOOK_MS) {
    motion = watch.count(1 + Math.floor((Math.min(nowMs, untilMs) / 1000) * fps), nowMs)
    if (motion === 'still' && nowMs > BEGUN_MS) return nowMs - untilMs
  }
  throw new Error('never still')
}

describe('the frame watch', () => {
  test('calls a 25 fps picture still after a second', () => {
    expect(stallAfterMs(25, 10_000)).toBeLessThanOrEqual(STALL_MS + LOOK_MS)
  })

  test('lets a shared screen of one frame a second take its time', () => {
    expect(stallAfterMs(1, 60_000)).toBeGreaterThan(3000)
  })

  test('calls any picture still after five seconds', () => {
    expect(stallAfterMs(0.9, 60_000)).toBeLessThanOrEqual(5000)
  })

  test('counts from zero again when the element gets new media', () => {
    const watch = new FrameWatch(0)
    watch.count(100, 200)
    expect(watch.count(3, 400)).toBe('moving')
    expect(watch.count(3, 600)).toBe('waiting')
    expect(watch.count(0, 800)).toBe('waiting')
    expect(watch.quietMs(800)).toBe(400)
  })

  test('is not deceived by the black frames of a WebRTC track that ends and of one that begins', () => {
    const watch = new FrameWatch(0)
    expect(watch.count(50, 200)).toBe('moving')
    expect(watch.count(50, 2000)).toBe('still')
    expect([51, 1, 1].map((frames, i) => watch.count(frames, 3000 + i * LOOK_MS))).not.toContain('moving')
    expect([2, 1].map((frames, i) => watch.count(frames, 7000 + i * LOOK_MS))).not.toContain('moving')
    expect(watch.count(6, 7600)).toBe('moving')
  })

  test('sees a shared screen of one frame a second begin', () => {
    const watch = new FrameWatch(0)
    expect([1, 2, 3, 4].map((frames) => watch.count(frames, frames * 1000))).toContain('moving')
  })
})
