import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeOrder } from '../../../recorder-page/sources/decode/decode-order.ts'

const DEPTH = 4
const FRAME_SEC = 0.04

/** A stream in the order of decoding: each group is a later picture, then those that are shown before it. */
const reordered = fc.array(fc.integer({ min: 0, max: DEPTH - 1 }), { minLength: 1, maxLength: 30 }).map((groups) => {
  let next = 0
  return groups.flatMap((before) => {
    const first = next
    next += before + 1
    return [first + before, ...Array.from({ length: before }, (_, i) => first + i)]
  })
})

function placed(frames: readonly number[]) {
  const order = new DecodeOrder<{ timestamp: number; frame: number }>(DEPTH)
  const packets = frames.map((frame) => ({ frame, timestamp: frame * FRAME_SEC }))
  return [...packets.flatMap((packet) => order.add(packet)), ...order.end()]
}

describe('the order of decoding', () => {
  test('is kept, every packet once, and none is decoded after what is shown next', () => {
    fc.assert(
      fc.property(reordered, (frames) => {
        const out = placed(frames)
        expect(out.map(({ packet }) => packet.frame)).toEqual(frames)
        for (const [i, { dtsSec, packet }] of out.entries()) {
          expect(dtsSec).toBeGreaterThan(out[i - 1]?.dtsSec ?? Number.NEGATIVE_INFINITY)
          expect(dtsSec).toBeLessThan(packet.timestamp + FRAME_SEC / 2)
        }
      }),
    )
  })
})
