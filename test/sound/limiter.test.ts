import { describe, expect, it } from 'vitest'
import { Limiter } from '../../recorder-page/sound/limiter.ts'

const RATE = 48000
const BLOCK = 128

function limit(wave: (index: number) => number, frames: number): Float32Array {
  const limiter = new Limiter(RATE)
  const out = new Float32Array(frames)
  for (let at = 0; at < frames; at += BLOCK) {
    const left = Float32Array.from({ length: BLOCK }, (_, i) => wave(at + i))
    limiter.process(left, left.slice())
    out.set(left.subarray(0, Math.min(BLOCK, frames - at)), at)
  }
  return out
}

const sine = (amplitude: number) => (index: number) => amplitude * Math.sin((2 * Math.PI * 440 * index) / RATE)
const peakOf = (samples: Float32Array) => samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)

describe('the limiter', () => {
  it('passes quiet sound untouched, later by its look-ahead', () => {
    const out = limit(sine(0.5), 9600)
    const { lookAheadFrames } = new Limiter(RATE)
    for (let i = lookAheadFrames; i < out.length; i += 97) {
      expect(out[i]).toBeCloseTo(sine(0.5)(i - lookAheadFrames), 5)
    }
  })

  it('never lets ten loud voices over full scale', () => {
    const tenVoices = (index: number) => {
      return [...Array(10).keys()].reduce((sum, voice) => sum + sine(0.8)(index * (1 + voice / 7)), 0)
    }
    expect(peakOf(limit(tenVoices, RATE))).toBeLessThanOrEqual(0.9)
  })

  it('is down before a sudden peak arrives', () => {
    const click = (index: number) => (index === 5000 ? 6 : sine(0.3)(index))
    expect(peakOf(limit(click, 9600))).toBeLessThanOrEqual(0.9)
  })

  it('comes back to full gain within a second', () => {
    const shout = (index: number) => sine(index < 4800 ? 5 : 0.5)(index)
    const tail = limit(shout, 2 * RATE).subarray(RATE + 4800)
    expect(peakOf(tail)).toBeGreaterThan(0.49)
  })
})
