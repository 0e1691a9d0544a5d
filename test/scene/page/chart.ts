import type { Colours, FrameShape } from './compare-messages.ts'

/**
 * Fields of a chart, as of a ColorChecker. None has a blue that lies far from its luma: there Chrome's canvas is wrong by up to 9 levels of blue, because
 * libyuv multiplies by 2.0 at most where BT.709 has 2.11.
 */
const FIELDS = [
  '#735244',
  '#c29682',
  '#627a9d',
  '#576c43',
  '#8580b1',
  '#67bdaa',
  '#c87e5c',
  '#606b96',
  '#c15a63',
  '#5e4c6c',
  '#8dac60',
  '#c0a062',
  '#586086',
  '#469469',
  '#af464c',
  '#c7b76f',
  '#bb6695',
  '#4f85a1',
  '#f3f3f2',
  '#c8c8c8',
  '#a0a0a0',
  '#7a7a79',
  '#555555',
  '#343434',
]

/** Red and blue in luma. */
const WEIGHTS = { bt709: [0.2126, 0.0722], smpte170m: [0.299, 0.114], 'bt2020-ncl': [0.2627, 0.0593] } as const

interface Subsampling {
  readonly across: 1 | 2
  readonly down: 1 | 2
  readonly bytes: 1 | 2
  readonly interleaved: boolean
  readonly alpha: boolean
}

const PLANAR: Readonly<Record<string, Subsampling>> = {
  I420: { across: 2, down: 2, bytes: 1, interleaved: false, alpha: false },
  I420A: { across: 2, down: 2, bytes: 1, interleaved: false, alpha: true },
  I422: { across: 2, down: 1, bytes: 1, interleaved: false, alpha: false },
  I444: { across: 1, down: 1, bytes: 1, interleaved: false, alpha: false },
  NV12: { across: 2, down: 2, bytes: 1, interleaved: true, alpha: false },
  I420P10: { across: 2, down: 2, bytes: 2, interleaved: false, alpha: false },
}

const BT709: Colours = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false }

/** A frame of a colour chart beside a slow gradient. Another `content` moves its fields on. */
export function chartFrame(shape: FrameShape, content = 0): VideoFrame {
  const { format = 'I420', colours = BT709, width, height, rotation, flip, display, visible } = shape
  const pixels = drawChart(shape, content)
  const known = PLANAR[format]
  const data = known === undefined ? packed(pixels, format) : planar(pixels, known, colours)
  return new VideoFrame(data, {
    format: format as VideoPixelFormat,
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    ...(known === undefined ? {} : { colorSpace: colours }),
    ...(rotation === undefined ? {} : { rotation }),
    ...(flip === undefined ? {} : { flip }),
    ...(display === undefined ? {} : { displayWidth: display.width, displayHeight: display.height }),
    ...(visible === undefined ? {} : { visibleRect: visible }),
  } as VideoFrameBufferInit)
}

function drawChart({ width, height, format }: FrameShape, content: number): ImageData {
  const pen = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (pen === null) throw new TypeError('no 2D context')
  const [columns, rows] = [6, 7]
  const isClear = format?.endsWith('A') === true
  for (let row = 0; row < rows - 1; row++) {
    for (let column = 0; column < columns; column++) {
      const color = FIELDS[(row * columns + column + content) % FIELDS.length] ?? '#000000'
      pen.globalAlpha = isClear ? 0.25 + (0.75 * column) / (columns - 1) : 1
      pen.fillStyle = color
      pen.fillRect(
        Math.round((column * width) / columns),
        Math.round((row * height) / rows),
        width / columns + 1,
        height / rows + 1,
      )
    }
  }
  const slow = pen.createLinearGradient(0, 0, width, 0)
  slow.addColorStop(0, '#20242a')
  slow.addColorStop(1, '#e8e0d8')
  pen.globalAlpha = 1
  pen.fillStyle = slow
  pen.fillRect(0, Math.round(((rows - 1) * height) / rows), width, height)
  return pen.getImageData(0, 0, width, height)
}

function packed({ data }: ImageData, format: string): Uint8Array {
  const bytes = Uint8Array.from(data)
  if (format.startsWith('BGR'))
    for (let at = 0; at < bytes.length; at += 4) bytes.set([data[at + 2] ?? 0, data[at + 1] ?? 0, data[at] ?? 0], at)
  return bytes
}

function planar({ width, height, data }: ImageData, kind: Subsampling, colours: Colours): Uint8Array {
  const [across, down] = [Math.ceil(width / kind.across), Math.ceil(height / kind.down)]
  const [sizeY, sizeC] = [width * height, across * down]
  const length = sizeY + 2 * sizeC + (kind.alpha ? sizeY : 0)
  const samples = kind.bytes === 1 ? new Uint8Array(length) : new Uint16Array(length)
  const yuv = converter(colours, kind.bytes === 2 ? 4 : 1)
  const [uAt, vAt, step] = kind.interleaved ? [sizeY, sizeY + 1, 2] : [sizeY, sizeY + sizeC, 1]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const [luma, u, v] = yuv(data[4 * at] ?? 0, data[4 * at + 1] ?? 0, data[4 * at + 2] ?? 0)
      const atC = Math.floor(y / kind.down) * across + Math.floor(x / kind.across)
      samples[at] = Math.round(luma)
      samples[uAt + step * atC] = Math.round(u)
      samples[vAt + step * atC] = Math.round(v)
      if (kind.alpha) samples[sizeY + 2 * sizeC + at] = data[4 * at + 3] ?? 0
    }
  }
  return new Uint8Array(samples.buffer)
}

function converter({ matrix, fullRange }: Colours, scale: number) {
  const [red, blue] = WEIGHTS[matrix as keyof typeof WEIGHTS] ?? WEIGHTS.bt709
  const [black, luma, chroma] = fullRange === true ? [0, 255, 255] : [16, 219, 224]
  return (r: number, g: number, b: number): readonly [number, number, number] => {
    const bright = red * r + (1 - red - blue) * g + blue * b
    const u = (b - bright) / (2 * (1 - blue))
    const v = (r - bright) / (2 * (1 - red))
    return [
      scale * (black + (luma * bright) / 255),
      scale * (128 + (chroma * u) / 255),
      scale * (128 + (chroma * v) / 255),
    ]
  }
}
