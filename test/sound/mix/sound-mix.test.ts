import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SoundMix } from '../../../recorder-page/sound/mix/sound-mix.ts'
import { SourceSound } from '../../../recorder-page/sound/mix/source-sound.ts'

const RATE = 48000
const BLOCK = 1024
const EPOCH_MS = 1_700_000_000_000
/** Whole periods of every multiple of 50 Hz. */
const PERIODS = 0.8 * RATE
const TWO_BLOCKS = 2 * BLOCK
const RAMP_GAIN = 0.5
/** A rate nearer to 1 than this is followed by a glide, any other by jumps. */
const GLIDES_TO = 0.01
const GLIDES_WITHIN_SEC = 0.005
const JUMPS_WITHIN_SEC = 0.027
const FROM_ZERO = { playback: () => ({ sec: 0, atMs: EPOCH_MS, rate: 1 }) }

function tone(hz: number, rate: number, from: number, frames: number, gain = 0.3) {
  const channel = Float32Array.from(
    { length: frames },
    (_, i) => gain * Math.sin((2 * Math.PI * hz * (from + i)) / rate),
  )
  return { left: channel, right: channel }
}

function fill(
  sound: SourceSound,
  { hz, rate, sec, startSec = 0 }: { hz: number; rate: number; sec: number; startSec?: number },
): void {
  for (let at = 0; at < sec * rate; at += BLOCK) {
    sound.append(startSec + at / rate, tone(hz, rate, at, BLOCK), rate)
  }
}

/** How far sound is from a tone of this gain, decibels below it: its best fit of sine and cosine is taken away. */
function noiseDb(samples: Float32Array, hz: number): number {
  let [sine, cosine, energy] = [0, 0, 0]
  const angle = (i: number): number => (2 * Math.PI * hz * i) / RATE
  for (const [i, sample] of samples.entries()) {
    sine += (2 / samples.length) * sample * Math.sin(angle(i))
    cosine += (2 / samples.length) * sample * Math.cos(angle(i))
  }
  for (const [i, sample] of samples.entries()) {
    energy += (sample - sine * Math.sin(angle(i)) - cosine * Math.cos(angle(i))) ** 2
  }
  return 10 * Math.log10(energy / ((samples.length * (sine * sine + cosine * cosine)) / 2))
}

function read(sound: SourceSound, fromSec: number, blocks: number, secPerBlock = BLOCK / RATE): Float32Array {
  const all = new Float32Array(blocks * BLOCK)
  for (let i = 0; i < blocks; i += 1) {
    const out = { left: new Float32Array(BLOCK), right: new Float32Array(BLOCK) }
    sound.read(fromSec + i * secPerBlock, out)
    all.set(out.left, i * BLOCK)
  }
  return all
}

/** Where a click of one sample is, in frames of the recording. */
const loudest = (samples: Float32Array): number =>
  samples.reduce((best, sample, i) => (Math.abs(sample) > Math.abs(samples[best] ?? 0) ? i : best), 0)

describe('the sound of a source', () => {
  test('at the rate of the mix comes out as it went in, to the sample', () => {
    const sound = new SourceSound()
    fill(sound, { hz: 1000, rate: RATE, sec: 1 })
    const out = read(sound, 0, 20).subarray(BLOCK)
    expect(Array.from(out.subarray(0, 50))).toEqual(Array.from(tone(1000, RATE, BLOCK, 50).left))
  })

  test.each([
    [44100, 1000],
    [44100, 15000],
    [32000, 8000],
    [96000, 10000],
    [22050, 400],
  ])('of %d Hz is a clean tone of %d Hz', (rate, hz) => {
    const sound = new SourceSound()
    fill(sound, { hz, rate, sec: 1 })
    expect(noiseDb(read(sound, 0.02, 40).subarray(BLOCK, BLOCK + PERIODS), hz)).toBeLessThan(-70)
  })

  test('of 44.1 kHz is at its time after many blocks, within a sample', () => {
    const sound = new SourceSound()
    const blocks = 400
    for (let i = 0; i < blocks; i += 1) {
      const click = new Float32Array(BLOCK)
      if (i === blocks - 10) click[100] = 0.5
      sound.append((i * BLOCK) / 44100, { left: click, right: click }, 44100)
    }
    const clickSec = ((blocks - 10) * BLOCK + 100) / 44100
    const fromSec = clickSec - 0.1
    expect(loudest(read(sound, fromSec, 20)) / RATE).toBeCloseTo(0.1, 4)
  })

  test('follows a clock that goes faster, within 5 ms', () => {
    const sound = new SourceSound()
    const click = new Float32Array(2.5 * RATE)
    click[2 * RATE] = 0.5
    sound.append(0, { left: click, right: click }, RATE)
    const out = read(sound, 0, 100, (BLOCK / RATE) * 1.001)
    expect(Math.abs(loudest(out) / RATE - 2 / 1.001)).toBeLessThan(0.005)
  })

  test('is glided without a click', () => {
    const sound = new SourceSound()
    fill(sound, { hz: 1000, rate: RATE, sec: 2.5 })
    const out = Float32Array.of(...read(sound, 0, 10), ...read(sound, (10 * BLOCK) / RATE + 0.01, 90))
    const steps = out.subarray(BLOCK).map((sample, i, all) => Math.abs(sample - (all[i - 1] ?? sample)))
    expect(Math.max(...steps)).toBeLessThan(0.3 * ((2 * Math.PI * 1000) / RATE) * 1.05)
  })

  test('jumps with its source, and fades from the one place to the other', () => {
    const sound = new SourceSound()
    fill(sound, { hz: 500, rate: RATE, sec: 2 })
    const before = read(sound, 0.5, 4)
    const after = read(sound, 1.2003, 4)
    const all = Float32Array.of(...before.subarray(-100), ...after)
    const steps = all.map((sample, i) => Math.abs(sample - (all[i - 1] ?? sample)))
    expect(Math.max(...steps)).toBeLessThan(0.06)
    expect(after[3 * BLOCK]).toBeCloseTo(0.3 * Math.sin(2 * Math.PI * 500 * (1.2003 + (3 * BLOCK) / RATE)), 1)
  })

  test.each(['stood still', 'went on'])(
    'of other media has nothing of the old at the same times, when its source %s',
    (way) => {
      const sound = new SourceSound()
      fill(sound, { hz: 500, rate: RATE, sec: 2 })
      read(sound, 1, 4)
      sound.clear()
      expect(sound.endSec).toBeUndefined()
      const out = { left: new Float32Array(BLOCK), right: new Float32Array(BLOCK) }
      if (way === 'stood still') {
        sound.read(undefined, out)
        expect(Math.abs(out.left[0] ?? 0)).toBeGreaterThan(0)
        expect(Math.max(...out.left.subarray(BLOCK / 2).map(Math.abs))).toBe(0)
      }
      fill(sound, { hz: 500, rate: RATE, sec: 0.5, startSec: 1.5 })
      const heard = read(sound, 1.2, 25)
      expect(Math.max(...heard.subarray(BLOCK, 0.29 * RATE).map(Math.abs))).toBe(0)
      expect(Math.max(...heard.subarray(0.3 * RATE).map(Math.abs))).toBeCloseTo(0.3, 2)
    },
  )

  test('is silence where there is none', () => {
    const sound = new SourceSound()
    fill(sound, { hz: 500, rate: RATE, sec: 0.5 })
    fill(sound, { hz: 500, rate: RATE, sec: 0.5, startSec: 1 })
    const out = read(sound, 0, 60)
    const inHole = out.subarray(0.6 * RATE, 0.9 * RATE)
    expect(Math.max(...inHole.map(Math.abs))).toBe(0)
    expect(Math.max(...out.subarray(1.1 * RATE, 1.2 * RATE).map(Math.abs))).toBeCloseTo(0.3, 2)
  })
})

describe('the mix', () => {
  function mixed() {
    const blocks: { frame: number; samples: Float32Array }[] = []
    const mix = new SoundMix({ startMs: EPOCH_MS, onBlock: (block) => blocks.push(block) })
    const left = (): Float32Array =>
      Float32Array.of(...blocks.flatMap(({ samples }) => [...samples.subarray(0, BLOCK)]))
    return { mix, blocks, left }
  }

  test('puts the sound of each source where it belongs, to the sample', () => {
    const { mix, blocks, left } = mixed()
    const click = new Float32Array(RATE)
    click[4800] = 0.5
    const early = mix.add('early', FROM_ZERO)
    const late = mix.add('late', { playback: () => ({ sec: 60, atMs: EPOCH_MS + 250, rate: 1 }) })
    early.append(0, { left: click, right: click }, RATE)
    late.append(60, { left: click, right: click }, RATE)
    mix.pump(EPOCH_MS + 900)
    const first = blocks[0]?.frame ?? 0
    const heard = left()
    const places = [...heard.keys()].filter((i) => Math.abs(heard[i] ?? 0) > 0.1).map((i) => i + first)
    expect(places).toEqual([4800, 4800 + 12_000])
    expect(blocks.map(({ frame }) => frame)).toEqual(blocks.map((_, i) => first + i * BLOCK))
  })

  test('holds the sum of loud sources under the ceiling', () => {
    const { mix, left } = mixed()
    for (const id of ['a', 'b', 'c']) fill(mix.add(id, FROM_ZERO), { hz: 700, rate: RATE, sec: 1 })
    for (const id of ['d', 'e']) {
      mix.add(id, FROM_ZERO).append(0, tone(700, RATE, 0, RATE, 0.6), RATE)
    }
    mix.pump(EPOCH_MS + 900)
    const peak = Math.max(...left().map(Math.abs))
    expect(peak).toBeLessThan(0.9)
    expect(peak).toBeGreaterThan(0.8)
  })

  test('hears each source where it is played, at every rate and however long it has played', () => {
    const rates = fc.constantFrom(0.75, 0.999, 1, 1.001, 1.25)
    fc.assert(
      fc.property(rates, fc.double({ min: 0, max: 100_000, noNaN: true }), (rate, sec) => {
        const { mix, blocks, left } = mixed()
        // It says which time of the media it is.
        const ramp = Float32Array.from({ length: RATE }, (_, i) => (RAMP_GAIN * i) / RATE)
        mix.add('a', { playback: () => ({ sec, atMs: EPOCH_MS, rate }) }).append(sec, { left: ramp, right: ramp }, RATE)
        mix.pump(EPOCH_MS + 700)
        const first = blocks[0]?.frame ?? 0
        const heard = [...left().entries()].filter(([i]) => i + first > BLOCK)
        expect(heard.length).toBeGreaterThan(0.6 * RATE)
        const off = heard.map(([i, value]) => Math.abs(value / RAMP_GAIN - (rate * (i + first)) / RATE))
        expect(off.reduce((most, value) => Math.max(most, value), 0)).toBeLessThan(
          Math.abs(rate - 1) < GLIDES_TO ? GLIDES_WITHIN_SEC : JUMPS_WITHIN_SEC,
        )
      }),
      { numRuns: 25 },
    )
  })

  test('waits for sound that is expected, but not for long', () => {
    const { mix, blocks } = mixed()
    const sound = mix.add('slow', FROM_ZERO)
    sound.append(0, tone(500, RATE, 0, TWO_BLOCKS), RATE)
    mix.pump(EPOCH_MS + 250)
    expect(blocks.length).toBe(2)
    mix.pump(EPOCH_MS + 400)
    expect(blocks.length).toBe(4)
  })

  test('waits for no source that plays nothing', () => {
    const { mix, blocks } = mixed()
    mix.add('stopped', { playback: () => undefined })
    mix.add('new', FROM_ZERO)
    mix.pump(EPOCH_MS + 250)
    expect(blocks.length).toBe(11)
  })

  test('measures what is heard of each source, and nothing of a muted one', () => {
    const { mix } = mixed()
    for (const id of ['heard', 'muted']) fill(mix.add(id, FROM_ZERO), { hz: 700, rate: RATE, sec: 2 })
    mix.setMuted('muted', true)
    mix.pump(EPOCH_MS + 500)
    mix.levels()
    mix.pump(EPOCH_MS + 1000)
    const levels = mix.levels()
    expect(levels.get('heard')).toBeCloseTo(0.3 / Math.SQRT2, 2)
    expect(levels.get('muted')).toBe(0)
  })
})
