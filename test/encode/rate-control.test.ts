import { expect, test } from 'vitest'
import { RateControl } from '../../recorder-page/encode/rate-control.ts'

const CAP = 2_500_000
const FPS = 25
const SEGMENT = 50

/** An encoder that spends what it may: `capQp` at the cap, and six steps finer for twice the bits. */
function encode(
  control: RateControl,
  seconds: number,
  { capQp, finest = 12 }: { capQp: number; finest?: number },
): number[] {
  const rates: number[] = []
  for (let i = 0; i < seconds * FPS; i += 1) {
    const wanted = capQp + 6 * Math.log2(CAP / control.bitsPerSecond)
    const qp = Math.min(51, Math.max(finest, wanted))
    const bytes = (control.bitsPerSecond * 2 ** (Math.min(0, wanted - qp) / 6)) / 8 / FPS
    const isKey = i % SEGMENT === 0
    control.add({ bytes: Math.round(bytes), isKey, qp: isKey ? qp + 5 : qp })
    rates.push(control.bitsPerSecond)
  }
  return rates
}

test('a picture that is finer than can be seen gets fewer bits, until it is as fine as wanted', () => {
  const control = new RateControl(CAP, FPS)
  encode(control, 20, { capQp: 18 })
  const share = control.bitsPerSecond / CAP
  expect(share).toBeGreaterThan(0.4)
  expect(share).toBeLessThan(0.6)
})

test('it settles: no rate of the last ten seconds is far from another', () => {
  const control = new RateControl(CAP, FPS)
  const rates = encode(control, 40, { capQp: 18 }).slice(-10 * FPS)
  expect(Math.max(...rates) / Math.min(...rates)).toBeLessThan(1.2)
})

test('a picture that needs the cap has it', () => {
  const control = new RateControl(CAP, FPS)
  expect(new Set(encode(control, 20, { capQp: 30 }))).toEqual(new Set([CAP]))
})

test('a still picture, which takes what it needs, leaves the rate alone', () => {
  const control = new RateControl(CAP, FPS)
  for (let i = 0; i < 20 * FPS; i += 1) control.add({ bytes: 200, isKey: false, qp: 12 })
  expect(control.bitsPerSecond).toBe(CAP)
})

test('a change of the scene has the cap at once: when it is known before, and when one picture shows it', () => {
  const control = new RateControl(CAP, FPS)
  encode(control, 20, { capQp: 18 })
  control.expectChange()
  expect(control.bitsPerSecond).toBe(CAP)
  encode(control, 20, { capQp: 18 })
  control.add({ bytes: 40_000, isKey: false, qp: 36 })
  expect(control.bitsPerSecond).toBe(CAP)
})

test('a coarse key frame is no change of the scene', () => {
  const control = new RateControl(CAP, FPS)
  encode(control, 20, { capQp: 18 })
  const before = control.bitsPerSecond
  control.add({ bytes: 40_000, isKey: true, qp: 36 })
  expect(control.bitsPerSecond).toBe(before)
})

test('the rate falls no lower than a fifth of the cap, and stays where no quantizer is known', () => {
  const control = new RateControl(CAP, FPS)
  encode(control, 60, { capQp: 0, finest: 0 })
  expect(control.bitsPerSecond).toBe(0.2 * CAP)
  const blind = new RateControl(CAP, FPS)
  for (let i = 0; i < 100; i += 1) blind.add({ bytes: 12_500, isKey: false, qp: undefined })
  expect(blind.bitsPerSecond).toBe(CAP)
})
