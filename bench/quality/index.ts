import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { videoSettings } from '../../src/protocol/index.ts'
import { runFfmpeg } from '../../test/kit/index.ts'
import type { Benchmark } from '../benchmark.ts'
import { type ChromeEncoder, openChromeEncoder } from './chrome-encoder.ts'
import { drawMaterial, MATERIALS, PICTURE, SECONDS } from './materials.ts'

const VIDEO = videoSettings()
/** A segment of two seconds. */
const CUT_EVERY = 2 * PICTURE.fps
const RAW = 'raw.yuv'
const SIZE = `${PICTURE.width}x${PICTURE.height}`
/** The first seconds, in which a rate is found, are in no figure. */
const FROM_PICTURE = 4 * PICTURE.fps

interface Judged {
  readonly kbps: number
  readonly ssim: number
  /** The mean of the worst hundredth of the pictures. */
  readonly worst: number
}

/** What the bits of a recording are worth, beside x264 with as many. */
export const quality: Benchmark = {
  name: 'quality',
  title: 'Quality for the bits',
  async run(say) {
    await using undo = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'panorec-quality-'))
    undo.defer(() => rm(folder, { recursive: true, force: true }))
    const encoder = undo.use(await openChromeEncoder(folder))
    const rows: (readonly string[])[] = []
    for (const material of MATERIALS) {
      await drawMaterial(material, join(folder, RAW))
      for (const [way, judged] of await judgeMaterial(folder, encoder)) {
        rows.push([`${material.name}, ${way}`, judged.kbps.toFixed(0), judged.ssim.toFixed(4), judged.worst.toFixed(4)])
        say(rows.at(-1)?.join(' | ') ?? '')
      }
    }
    return {
      method:
        `Drawn pictures of ${SIZE} at ${PICTURE.fps} fps, ${SECONDS} s of each kind, encoded with a cap of ${VIDEO.bitrateKbps} kbit/s and a key frame every two seconds: by the ` +
        "recorder's encoder, by the same without its steering of the bit rate, and by x264 at the mean rate that the first one used. SSIM " +
        `is FFmpeg's, over all planes, from second ${FROM_PICTURE / PICTURE.fps} on; the worst is the mean of the worst hundredth of the pictures.`,
      columns: ['material, encoder', 'kbit/s', 'SSIM', 'worst'],
      rows,
    }
  },
}

async function judgeMaterial(folder: string, encoder: ChromeEncoder): Promise<readonly (readonly [string, Judged])[]> {
  const encodeOurs = async (isSteered: boolean): Promise<Judged> => {
    await encoder.encode(RAW, 'ours.h264', { video: VIDEO, cutEvery: CUT_EVERY, isSteered })
    return await judge(folder, 'ours.h264')
  }
  const ours = await encodeOurs(true)
  const fixed = await encodeOurs(false)
  const rows: [string, Judged][] = [
    ['this recorder', ours],
    ['without steering', fixed],
  ]
  for (const preset of ['veryfast', 'ultrafast']) {
    await encodeByX264(folder, preset, ours.kbps)
    rows.push([`x264 ${preset}`, await judge(folder, 'x264.h264')])
  }
  return rows
}

/** One pass, as of a live encoder, with the cap of the recording. */
async function encodeByX264(folder: string, preset: string, kbps: number): Promise<void> {
  await runFfmpeg([
    ...['-f', 'rawvideo', '-s', SIZE, '-r', String(PICTURE.fps), '-pix_fmt', 'yuv420p', '-i', join(folder, RAW)],
    ...['-c:v', 'libx264', '-preset', preset, '-tune', 'zerolatency', '-g', String(CUT_EVERY), '-sc_threshold', '0'],
    ...['-b:v', `${kbps.toFixed(0)}k`, '-maxrate', `${VIDEO.bitrateKbps}k`, '-bufsize', `${2 * VIDEO.bitrateKbps}k`],
    ...['-f', 'h264', join(folder, 'x264.h264')],
  ])
}

async function judge(folder: string, name: string): Promise<Judged> {
  const path = join(folder, name)
  const stats = join(folder, 'ssim.txt')
  const rate = ['-r', String(PICTURE.fps)]
  await promisify(execFile)('ffmpeg', [
    ...['-v', 'error', '-y', ...rate, '-i', path],
    ...['-f', 'rawvideo', '-s', SIZE, ...rate, '-pix_fmt', 'yuv420p', '-i', join(folder, RAW)],
    ...['-lavfi', `ssim=stats_file=${stats}`, '-f', 'null', '-'],
  ])
  const all = [...(await readFile(stats, 'utf8')).matchAll(/ All:([\d.]+)/g)].map(([, value]) => Number(value))
  if (all.length !== SECONDS * PICTURE.fps) throw new Error(`${name} has ${all.length} pictures`)
  const ssims = all.slice(FROM_PICTURE)
  const worst = ssims.toSorted((a, b) => a - b).slice(0, Math.ceil(ssims.length / 100))
  return { kbps: ((await stat(path)).size * 8) / SECONDS / 1000, ssim: mean(ssims), worst: mean(worst) }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
