import type { Size } from '../../../recorder-page/drawing/geometry.ts'
import type { Comparison } from './compare-messages.ts'

interface Plane extends Size {
  readonly name: string
  readonly samples: Uint8Array
}

/**
 * Around a sample so far the compositors may see an edge: a canvas repeats each sample of chroma over two columns and rows and reads single pixels when it shrinks a
 * picture, where planes interpolate chroma from where H.264 has it and take means.
 */
const REACH = 2
/** What the reference varies within the reach where there is no edge. */
const FLAT = 3

/** The planes of a picture of I420. */
export async function readPlanes(frame: VideoFrame): Promise<Plane[]> {
  const { codedWidth: width, codedHeight: height } = frame
  const bytes = new Uint8Array(frame.allocationSize())
  const layout = await frame.copyTo(bytes)
  const sizeC = { width: width / 2, height: height / 2 }
  return [{ width, height }, sizeC, sizeC].map((size, index) => {
    const { offset, stride } = layout[index] ?? { offset: 0, stride: size.width }
    const samples = new Uint8Array(size.width * size.height)
    for (let row = 0; row < size.height; row++)
      samples.set(bytes.subarray(offset + row * stride, offset + row * stride + size.width), row * size.width)
    return { name: 'YUV'.charAt(index), ...size, samples }
  })
}

/** RGB as limited range BT.709 (ITU-R BT.709-6 §3), chroma by the mean of four. */
export function planesOfRgba(rgba: Uint8Array, { width, height }: Size): Plane[] {
  const luma = { name: 'Y', width, height, samples: new Uint8Array(width * height) }
  const sizeC = { width: width / 2, height: height / 2 }
  const u = { name: 'U', ...sizeC, samples: new Uint8Array(sizeC.width * sizeC.height) }
  const v = { name: 'V', ...sizeC, samples: new Uint8Array(sizeC.width * sizeC.height) }
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      let [r, g, b] = [0, 0, 0]
      for (const at of [y * width + x, y * width + x + 1, (y + 1) * width + x, (y + 1) * width + x + 1]) {
        const [red = 0, green = 0, blue = 0] = rgba.subarray(4 * at, 4 * at + 3)
        luma.samples[at] = Math.round(16 + (219 * (0.2126 * red + 0.7152 * green + 0.0722 * blue)) / 255)
        r += red / 4
        g += green / 4
        b += blue / 4
      }
      const at = (y / 2) * sizeC.width + x / 2
      const bright = 0.2126 * r + 0.7152 * g + 0.0722 * b
      u.samples[at] = Math.round(128 + (224 * (b - bright)) / 1.8556 / 255)
      v.samples[at] = Math.round(128 + (224 * (r - bright)) / 1.5748 / 255)
    }
  }
  return [luma, u, v]
}

/** Compares the planes sample by sample. */
export function comparePlanes(
  expected: readonly Plane[],
  actual: readonly Plane[],
): Pick<Comparison, 'flat' | 'flatShare' | 'outside' | 'worst'> {
  const ranges = expected.map(rangesOf)
  const calm = calmPlaces(expected, ranges)
  let [flat, outside, flats, all] = [0, 0, 0, 0]
  const worst = new Map<string, string>()
  expected.forEach(({ name, width, samples }, index) => {
    const { least, most } = ranges[index] ?? rangesOf({ name, width, height: 0, samples })
    const scale = index === 0 ? 2 : 1
    const columns = (expected[1]?.width ?? 0) as number
    samples.forEach((sample, at) => {
      const [x, y] = [at % width, Math.floor(at / width)]
      const value = actual[index]?.samples[at] ?? Number.NaN
      const say = () => `${name} at ${x},${y}: ${value} instead of ${sample} (${least[at]} to ${most[at]} around)`
      const beyond = Math.max((least[at] ?? 0) - value, value - (most[at] ?? 0))
      if (!(beyond <= outside)) {
        outside = beyond
        worst.set('outside', say())
      }
      all += 1
      if (calm[Math.floor(y / scale) * columns + Math.floor(x / scale)] !== 1) return
      flats += 1
      if (!(Math.abs(value - sample) <= flat)) {
        flat = Math.abs(value - sample)
        worst.set('flat', say())
      }
    })
  })
  return {
    flat,
    flatShare: flats / all,
    outside,
    worst: [...worst].map(([kind, text]) => `${kind}: ${text}`).join('; '),
  }
}

interface Ranges {
  readonly least: Uint8Array
  readonly most: Uint8Array
}

/** The extremes within the reach of each sample: by rows, then by columns. */
function rangesOf({ width, height, samples }: Plane): Ranges {
  const along = (source: Uint8Array, step: number, count: number, limit: (at: number) => number, pick: 'min' | 'max') =>
    source.map((_, at) => {
      const place = limit(at)
      let found = source[at] ?? 0
      for (let by = -REACH; by <= REACH; by++)
        if (place + by >= 0 && place + by < count) found = Math[pick](found, source[at + by * step] ?? 0)
      return found
    })
  const both = (pick: 'min' | 'max') =>
    along(
      along(samples, 1, width, (at) => at % width, pick),
      width,
      height,
      (at) => Math.floor(at / width),
      pick,
    )
  return { least: both('min'), most: both('max') }
}

/** Places of chroma around which no plane has an edge. */
function calmPlaces([luma, u]: readonly Plane[], [ofY, ofU, ofV]: readonly Ranges[]): Uint8Array {
  const spread = (ranges: Ranges | undefined, at: number) => (ranges?.most[at] ?? 255) - (ranges?.least[at] ?? 0)
  const wide = luma?.width ?? 0
  return (u?.samples ?? new Uint8Array()).map((_, at) => {
    const columns = u?.width ?? 1
    const first = 2 * Math.floor(at / columns) * wide + 2 * (at % columns)
    const lumas = [first, first + 1, first + wide, first + wide + 1]
    const isCalm =
      lumas.every((place) => spread(ofY, place) <= FLAT) && spread(ofU, at) <= FLAT && spread(ofV, at) <= FLAT
    return isCalm ? 1 : 0
  })
}
