import type { Size } from '../../../recorder-page/drawing/geometry.ts'
import type { Comparison } from './compare-messages.ts'

interface Plane extends Size {
  readonly name: string
  readonly samples: Uint8Array
}

/** What the reference varies within the reach of a sample where there is no edge. */
const FLAT = 3

/** The planes of a picture of I420. */
export async function readPlanes(frame: VideoFrame): Promise<Plane[]> {
  const { codedWidth: width, codedHeight: height } = frame
  const bytes = new Uint8Array(frame.allocationSize())
  const layout = await frame.copyTo(bytes)
  const planes = planesOf({ width, height })
  planes.forEach((plane, index) => {
    const { offset, stride } = layout[index] ?? { offset: 0, stride: plane.width }
    for (let row = 0; row < plane.height; row++) {
      const at = offset + row * stride
      plane.samples.set(bytes.subarray(at, at + plane.width), row * plane.width)
    }
  })
  return planes
}

function planesOf({ width, height }: Size): [Plane, Plane, Plane] {
  const plane = (name: string, size: Size) => ({ name, ...size, samples: new Uint8Array(size.width * size.height) })
  const half = { width: width / 2, height: height / 2 }
  return [plane('Y', { width, height }), plane('U', half), plane('V', half)]
}

/** RGB as limited range BT.709 (ITU-R BT.709-6 §3), chroma by the mean of four. */
export function planesOfRgba(rgba: Uint8Array, { width, height }: Size): Plane[] {
  const planes = planesOf({ width, height })
  const [luma, u, v] = planes
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      let [r, g, b] = [0, 0, 0]
      for (let k = 0; k < 4; k++) {
        const at = (y + (k >> 1)) * width + x + (k & 1)
        const [red = 0, green = 0, blue = 0] = [rgba[4 * at], rgba[4 * at + 1], rgba[4 * at + 2]]
        luma.samples[at] = Math.round(16 + (219 * brightness(red, green, blue)) / 255)
        r += red
        g += green
        b += blue
      }
      const at = (y / 2) * u.width + x / 2
      const bright = brightness(r, g, b)
      u.samples[at] = Math.round(128 + (224 * (b - bright)) / 1.8556 / 255 / 4)
      v.samples[at] = Math.round(128 + (224 * (r - bright)) / 1.5748 / 255 / 4)
    }
  }
  return planes
}

function brightness(r: number, g: number, b: number): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** Compares the planes sample by sample; an edge of the reference counts within `reach` samples of it. */
export function comparePlanes(
  expected: readonly Plane[],
  actual: readonly Plane[],
  reach: number,
): Pick<Comparison, 'flat' | 'flatShare' | 'outside' | 'worst'> {
  const ranges = expected.map((plane) => rangesOf(plane, reach))
  const calm = calmPlaces(expected, ranges)
  const worst = { flat: -1, outside: -1, flatAt: '', outsideAt: '' }
  let [calmSamples, all] = [0, 0]
  for (const [index, plane] of expected.entries()) {
    const [range, found] = [ranges[index], actual[index]]
    if (range === undefined || found?.samples.length !== plane.samples.length) throw new Error('planes of another size')
    const isCalm = (at: number) => {
      const [x, y] = [at % plane.width, Math.floor(at / plane.width)]
      return calm[index > 0 ? at : (y >> 1) * (plane.width / 2) + (x >> 1)] === 1
    }
    const say = (at: number) =>
      `${plane.name} at ${at % plane.width},${Math.floor(at / plane.width)}: ${found.samples[at]} instead of ` +
      `${plane.samples[at]} (${range.least[at]} to ${range.most[at]} around)`
    for (let at = 0; at < plane.samples.length; at++) {
      const value = found.samples[at] ?? 0
      const outside = Math.max((range.least[at] ?? 0) - value, value - (range.most[at] ?? 0))
      if (outside > worst.outside) Object.assign(worst, { outside, outsideAt: say(at) })
      all += 1
      if (!isCalm(at)) continue
      calmSamples += 1
      const flat = Math.abs(value - (plane.samples[at] ?? 0))
      if (flat > worst.flat) Object.assign(worst, { flat, flatAt: say(at) })
    }
  }
  const { flat, outside, flatAt, outsideAt } = worst
  return { flat, outside, flatShare: calmSamples / all, worst: `flat: ${flatAt}; outside: ${outsideAt}` }
}

interface Ranges {
  readonly least: Uint8Array
  readonly most: Uint8Array
}

/** The extremes within the reach of each sample. */
function rangesOf(plane: Plane, reach: number): Ranges {
  const inverse = (samples: Uint8Array) => samples.map((sample) => 255 - sample)
  return {
    least: leastAround(plane, reach),
    most: inverse(leastAround({ ...plane, samples: inverse(plane.samples) }, reach)),
  }
}

/** The least within the reach of each sample: along rows, then along columns. */
function leastAround({ width, height, samples }: Plane, reach: number): Uint8Array {
  const rows = samples.slice()
  for (let first = 0; first < samples.length; first += width) {
    for (let x = 0; x < width; x++) {
      const last = first + Math.min(width - 1, x + reach)
      let least = 255
      for (let near = first + Math.max(0, x - reach); near <= last; near++) least = Math.min(least, samples[near] ?? 0)
      rows[first + x] = least
    }
  }
  const found = rows.slice()
  for (let y = 0; y < height; y++) {
    for (let near = Math.max(0, y - reach); near <= Math.min(height - 1, y + reach); near++) {
      for (let x = 0; x < width; x++) {
        const at = y * width + x
        found[at] = Math.min(found[at] ?? 0, rows[near * width + x] ?? 0)
      }
    }
  }
  return found
}

/** Places of chroma around which no plane has an edge. */
function calmPlaces([luma, u]: readonly Plane[], [ofY, ofU, ofV]: readonly Ranges[]): Uint8Array {
  const calm = new Uint8Array(u?.samples.length ?? 0)
  if (luma === undefined || u === undefined || !ofY || !ofU || !ofV) return calm
  const isFlat = ({ least, most }: Ranges, at: number) => (most[at] ?? 255) - (least[at] ?? 0) <= FLAT
  for (let at = 0; at < calm.length; at++) {
    const first = 2 * Math.floor(at / u.width) * luma.width + 2 * (at % u.width)
    const isCalm =
      isFlat(ofU, at) &&
      isFlat(ofV, at) &&
      [first, first + 1, first + luma.width, first + luma.width + 1].every((place) => isFlat(ofY, place))
    if (isCalm) calm[at] = 1
  }
  return calm
}
