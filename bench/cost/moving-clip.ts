import {
  cached,
  drawPattern,
  FLASH,
  PANEL,
  PATTERN_FPS,
  type Pattern,
  patternInputs,
  type Rect,
  runFfmpeg,
} from '../../test/kit/index.ts'

/** Grows when what is drawn changes. */
const VERSION = 1
const CLIP_SIZE = { width: 640, height: 360 }
const KBPS = 800
/** Luma of a source's background is moved by so much to both sides. */
const DEPTH = 40

/**
 * A pattern whose frames can be counted, with a background that moves everywhere: to encode it costs what a real class costs, or more.
 * Its colour stays, because that is how the pattern is found in a recording.
 */
export async function makeMovingClip(pattern: Pattern, seconds: number): Promise<string> {
  return await cached(`moving-${VERSION}-${pattern.index}-${seconds}s.mp4`, (path) =>
    runFfmpeg(clipArguments(pattern, seconds, path), pictures(pattern, seconds * PATTERN_FPS)),
  )
}

async function* pictures(pattern: Pattern, count: number): AsyncGenerator<Uint8Array> {
  const waves = Float32Array.from({ length: 4096 }, (_, i) => DEPTH * Math.sin((2 * Math.PI * i) / 256))
  for (let counter = 0; counter < count; counter++) {
    const picture = drawPattern(pattern, counter, CLIP_SIZE)
    for (const band of bandsBeside()) move(picture, counter, { band, waves })
    yield picture
  }
}

/** What neither the counter nor the flash covers. */
function bandsBeside(): readonly Rect[] {
  const { width, height } = CLIP_SIZE
  const [top, bottom] = [FLASH.y + FLASH.height, PANEL.y + PANEL.height]
  const rows = (from: number, to: number): Rect => ({
    x: 0,
    y: Math.ceil(from * height) + 1,
    width,
    height: Math.floor(to * height) - Math.ceil(from * height) - 2,
  })
  return [rows(0, FLASH.y), rows(top, PANEL.y), rows(bottom, 1)]
}

interface Motion {
  readonly band: Rect
  readonly waves: Float32Array
}

/** Two waves that cross, and go on with each frame. */
function move(picture: Uint8Array, counter: number, { band, waves }: Motion): void {
  const { width } = CLIP_SIZE
  for (let y = band.y; y < band.y + band.height; y++) {
    const across = waves[(y * 9 + counter * 5) & 4095] ?? 0
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      picture[at] = (picture[at] ?? 0) + across / 2 + (waves[(x * 7 + y * 3 + counter * 11) & 4095] ?? 0) / 2
    }
  }
}

function clipArguments(pattern: Pattern, seconds: number, path: string): string[] {
  return [
    ...patternInputs(pattern, seconds, CLIP_SIZE),
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main', '-bf', '0', '-b:v', `${KBPS}k`],
    ...['-g', String(PATTERN_FPS), '-keyint_min', String(PATTERN_FPS), '-sc_threshold', '0'],
    ...['-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart', '-f', 'mp4', path],
  ]
}
