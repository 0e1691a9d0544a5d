import type { Picture } from './messages.ts'

/** A frame as a decoder gives it: I420 in main memory. */
export function pictureFrame(picture: Picture): VideoFrame {
  const { width, height } = picture
  const canvas = new OffscreenCanvas(width, height)
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  if (pen === null) throw new TypeError('no 2D context')
  if (picture.kind === 'person') drawPerson(pen, picture)
  else if (picture.kind === 'slide') drawSlide(pen, picture)
  else {
    pen.fillStyle = picture.color
    pen.fillRect(0, 0, width, height)
  }
  const data = toI420(pen.getImageData(0, 0, width, height))
  return new VideoFrame(data, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    colorSpace: BT601,
  })
}

type Pen = OffscreenCanvasRenderingContext2D

function drawPerson(pen: Pen, { color, width, height }: Picture): void {
  const wall = pen.createLinearGradient(0, 0, width, height)
  wall.addColorStop(0, '#f2ece2')
  wall.addColorStop(1, color)
  pen.fillStyle = wall
  pen.fillRect(0, 0, width, height)
  pen.fillStyle = color
  pen.beginPath()
  pen.ellipse(width / 2, height * 1.06, width * 0.27, height * 0.46, 0, 0, 2 * Math.PI)
  pen.fill()
  pen.fillStyle = '#d9a27f'
  pen.beginPath()
  pen.ellipse(width / 2, height * 0.42, height * 0.15, height * 0.2, 0, 0, 2 * Math.PI)
  pen.fill()
  pen.fillStyle = '#3a2a22'
  pen.beginPath()
  pen.ellipse(width / 2, height * 0.33, height * 0.17, height * 0.14, 0, Math.PI, 2 * Math.PI)
  pen.fill()
}

function drawSlide(pen: Pen, { color, width, height }: Picture): void {
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, width, height)
  pen.fillStyle = color
  pen.fillRect(0, 0, width, height * 0.16)
  pen.fillStyle = '#2c3440'
  for (let line = 0; line < 5; line++) {
    pen.fillRect(width * 0.08, height * (0.28 + line * 0.12), width * (0.5 + ((line * 37) % 30) / 100), height * 0.035)
  }
}

const BT601: VideoColorSpaceInit = {
  matrix: 'smpte170m',
  primaries: 'bt709',
  transfer: 'iec61966-2-1',
  fullRange: false,
}

/** BT.601, limited range. */
function toI420({ data, width, height }: ImageData): Uint8Array {
  const out = new Uint8Array((width * height * 3) / 2)
  const at = (x: number, y: number, channel: number) => data[(y * width + x) * 4 + channel] ?? 0
  let uIndex = width * height
  let vIndex = uIndex + (width * height) / 4
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b] = [at(x, y, 0), at(x, y, 1), at(x, y, 2)]
      out[y * width + x] = 16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256
      if (x % 2 === 0 && y % 2 === 0) {
        out[uIndex++] = 128 + (-37.945 * r - 74.494 * g + 112.439 * b) / 256
        out[vIndex++] = 128 + (112.439 * r - 94.154 * g - 18.285 * b) / 256
      }
    }
  }
  return out
}
