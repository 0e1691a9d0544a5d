import type { FrameShape } from './compare-messages.ts'

/** Fields of a chart: skin, sky, leaf, foliage and the like, and the strong colours that screens show. All are of every gamut. */
const FIELDS = [
  '#735244',
  '#c29682',
  '#627a9d',
  '#576c43',
  '#8580b1',
  '#67bdaa',
  '#d67e2c',
  '#505ba6',
  '#c15a63',
  '#5e3c6c',
  '#9dbc40',
  '#e0a32e',
  '#383d96',
  '#469449',
  '#af363c',
  '#e7c71f',
  '#bb5695',
  '#2f85a1',
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

const BT709: VideoColorSpaceInit = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false }

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
  const [columns, rows] = [6, 5]
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

function planar(pixels: ImageData, kind: Subsampling, colours: VideoColorSpaceInit): Uint8Array {
  const { width, height, data } = pixels
  const [across, down] = [Math.ceil(width / kind.across), Math.ceil(height / kind.down)]
  const yuv = converter(colours, kind.bytes === 2 ? 4 : 1)
  const planes = [new Float64Array(width * height), new Float64Array(across * down), new Float64Array(across * down)]
  const alpha = new Float64Array(kind.alpha ? width * height : 0)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const [luma, u, v] = yuv(data[4 * at] ?? 0, data[4 * at + 1] ?? 0, data[4 * at + 2] ?? 0)
      planes[0]?.fill(luma, at, at + 1)
      if (kind.alpha) alpha[at] = data[4 * at + 3] ?? 0
      const atC = Math.floor(y / kind.down) * across + Math.floor(x / kind.across)
      planes[1]?.fill(u, atC, atC + 1)
      planes[2]?.fill(v, atC, atC + 1)
    }
  }
  const [luma = alpha, u = alpha, v = alpha] = planes
  const chroma = kind.interleaved ? interleave(u, v) : [...u, ...v]
  const samples = [...luma, ...chroma, ...alpha].map(Math.round)
  return kind.bytes === 1 ? Uint8Array.from(samples) : new Uint8Array(Uint16Array.from(samples).buffer)
}

function interleave(u: Float64Array, v: Float64Array): number[] {
  return [...u].flatMap((sample, index) => [sample, v[index] ?? 0])
}

function converter({ matrix, fullRange }: VideoColorSpaceInit, scale: number) {
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
