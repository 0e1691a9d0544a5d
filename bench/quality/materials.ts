import { patternOf, runFfmpeg } from '../../test/kit/index.ts'
import { makeMovingClip } from '../cost/moving-clip.ts'

/** Raw pictures of 1280×720, I420, at 25 fps. */
export const PICTURE = { width: 1280, height: 720, fps: 25 } as const
export const SECONDS = 12
/** Those of the benchmark of costs, which are kept. */
const CLIP_SEC = 120

interface Material {
  readonly name: string
  /** FFmpeg's arguments up to its filters. */
  inputs(): Promise<readonly string[]>
}

const SIZE = `s=${PICTURE.width}x${PICTURE.height}:r=${PICTURE.fps}`
const text = (words: string, around: string) => `drawtext=text='${words}':${around}`
const LINES = Array.from({ length: 60 }, (_, i) => `line ${i} of a programme that is read, (a + b) * c[${i}]`)

/** Slides that change every four seconds, a screen whose text scrolls, four live sources as an encoder left them, and all in motion. */
export const MATERIALS: readonly Material[] = [
  {
    name: 'slides',
    inputs: async () =>
      lavfi(
        [
          `color=white:${SIZE}`,
          'drawgrid=w=160:h=90:color=gray@0.4',
          text('Photosynthesis in four steps', `fontsize=56:x=80:y=80:enable=lt(mod(t\\,8)\\,4)`),
          text('6 CO2 and 6 H2O give C6H12O6 and 6 O2', `fontsize=34:x=80:y=220:enable=lt(mod(t\\,8)\\,4)`),
          text('The light reactions', `fontsize=56:x=80:y=80:fontcolor=navy:enable=gte(mod(t\\,8)\\,4)`),
          text('take place in the thylakoid membrane', `fontsize=34:x=80:y=300:enable=gte(mod(t\\,8)\\,4)`),
        ].join(','),
      ),
  },
  {
    name: 'screen',
    inputs: async () =>
      lavfi(
        [
          `color=0x1e1e1e:${SIZE}`,
          ...LINES.map((line, i) => text(line, `fontsize=22:fontcolor=white:x=60:y=${i * 30}-mod(t*90\\,1080)`)),
        ].join(','),
      ),
  },
  { name: 'four sources', inputs: fourSources },
  { name: 'sport', inputs: async () => lavfi(`mandelbrot=${SIZE}:end_scale=0.05:end_pts=${SECONDS * PICTURE.fps}`) },
]

function lavfi(graph: string): readonly string[] {
  return ['-f', 'lavfi', '-i', graph.replaceAll('[', '(').replaceAll(']', ')')]
}

/** A grid of moving sources of 640×360, decoded. */
async function fourSources(): Promise<readonly string[]> {
  const clips: string[] = []
  for (const index of [0, 1, 2, 3]) clips.push(await makeMovingClip(patternOf(index), CLIP_SEC))
  const grid = '[0:v][1:v]hstack[above];[2:v][3:v]hstack[below];[above][below]vstack'
  return [...clips.flatMap((clip) => ['-i', clip]), '-filter_complex', grid]
}

export async function drawMaterial({ inputs }: Material, path: string): Promise<void> {
  await runFfmpeg([...(await inputs()), '-t', String(SECONDS), '-pix_fmt', 'yuv420p', '-f', 'rawvideo', path])
}
