import { describe, expect, it } from 'vitest'
import { planSound } from '../../src/clipper/plan-sound.ts'

const RATES = { fps: 25, sampleRate: 48_000 }
const PACKET = 1920

const packets = (firstPts: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ pts: firstPts + i * PACKET }))
const run = (changes: object) => ({
  firstPts: 90_000,
  firstFrame: 0,
  frames: 25,
  packets: packets(80_000, 100),
  ...changes,
})

describe('the plan of the sound', () => {
  it('copies one unbroken run, with one packet for the decoder in front', () => {
    const plan = planSound([run({})], RATES)
    if (plan.kind !== 'copy') throw new Error(plan.kind)
    // 90,000 lies in the packet from 89,600 on; the one before it is decoded and not heard.
    expect(plan.packets[0]).toEqual({ pts: 87_680 })
    expect(plan.skipSamples).toBe(Math.round(((90_000 - 87_680) * 48_000) / 90_000))
    const end = (plan.packets.at(-1)?.pts ?? 0) + PACKET
    expect(end).toBeGreaterThanOrEqual(180_000)
    expect(end).toBeLessThan(180_000 + PACKET)
  })

  it('copies from the first packet on where the sound begins with the picture', () => {
    expect(planSound([run({ packets: packets(90_000, 60) })], RATES)).toMatchObject({ kind: 'copy', skipSamples: 0 })
  })

  it('copies sound that ends less than a packet early', () => {
    expect(planSound([run({ packets: packets(88_000, 47) })], RATES).kind).toBe('copy')
    expect(planSound([run({ packets: packets(88_000, 45) })], RATES).kind).toBe('encode')
  })

  it.each([
    ['begins late', packets(91_000, 60)],
    ['ends early', packets(80_000, 20)],
    ['has a hole', [...packets(80_000, 20), ...packets(80_000 + 22 * PACKET, 60)]],
  ])('encodes sound that %s', (_, list) => {
    expect(planSound([run({ packets: list })], RATES)).toMatchObject({ kind: 'encode', samples: 48_000 })
  })

  it('places packets by their times, to the sample, and none twice', () => {
    const second = run({ firstPts: 900_000, firstFrame: 25, packets: packets(899_000, 100) })
    const plan = planSound([run({}), second], RATES)
    if (plan.kind !== 'encode') throw new Error(plan.kind)
    const [one, two] = plan.stretches
    expect([one?.startSample, one?.endSample, two?.startSample, two?.endSample]).toEqual([0, 48_000, 48_000, 96_000])
    expect(two?.packets[0]).toEqual({ packet: { pts: 899_000 }, atSample: 48_000 - Math.round((1000 * 48) / 90) })
    const starts = one?.packets.map(({ atSample }) => atSample) ?? []
    expect(starts.every((at, i) => i === 0 || at === (starts[i - 1] ?? 0) + 1024)).toBe(true)
  })

  it('has none where nothing was heard, and silence where one run has none', () => {
    expect(planSound([run({ packets: [] })], RATES)).toEqual({ kind: 'none' })
    expect(planSound([run({}), run({ firstFrame: 25, packets: [] })], RATES)).toMatchObject({
      kind: 'encode',
      samples: 96_000,
    })
  })
})
