import { join } from 'node:path'
import { delay } from '../../src/timing/index.ts'
import { Child } from '../../test/kit/index.ts'
import type { ProcessCost } from '../process-cost.ts'
import { type CostClass, measureWay, PICTURE, type Recorded, SETTLE_MS, type Way } from './way.ts'

/** FFmpeg composes and encodes the same rectangles: no browser, so no labels, no whiteboard, no layouts. It stops when a source does. */
export function ffmpegAlone(preset: string): Way {
  return { name: `FFmpeg alone, x264 ${preset}`, record: (given, dir) => record(given, { preset, dir }) }
}

interface Options {
  readonly preset: string
  readonly dir: string
}

async function record({ urls, seconds }: CostClass, { preset, dir }: Options): Promise<Recorded> {
  const path = join(dir, 'film.ts')
  await using encoder = new Child('ffmpeg', gridArguments(urls, preset, path))
  return { cost: await measureEncoder(encoder, seconds), path }
}

/** What a way costs whose film an FFmpeg writes, which is ended in order. */
export async function measureEncoder(encoder: Child, seconds: number): Promise<ProcessCost> {
  await delay(SETTLE_MS)
  const costOf = await measureWay(seconds, () => 'all')
  if (!encoder.running) throw new Error(`FFmpeg ended: ${encoder.stderr}`)
  await encoder.end('SIGTERM')
  return costOf('all')
}

/** x264 as a live stream has it, for every way that uses it. */
export function x264Arguments(preset: string): readonly string[] {
  const rate = `${PICTURE.kbps}k`
  return [
    ...['-c:v', 'libx264', '-preset', preset, '-tune', 'zerolatency', '-b:v', rate, '-maxrate', rate, '-bufsize', rate],
    ...['-g', String(2 * PICTURE.fps), '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '96k'],
  ]
}

function gridArguments(urls: readonly string[], preset: string, path: string): string[] {
  const columns = Math.ceil(Math.sqrt(urls.length))
  const [width, height] = [PICTURE.width / columns, PICTURE.height / columns].map((side) => Math.floor(side / 2) * 2)
  const inputs = urls.flatMap((url) => ['-live_start_index', '-3', '-i', url])
  const scaled = urls.map((_, i) => `[${i}:v]fps=${PICTURE.fps},scale=${width}:${height}[v${i}]`).join(';')
  const pictures = urls.map((_, i) => `[v${i}]`).join('')
  const sounds = urls.map((_, i) => `[${i}:a]`).join('')
  const places = urls.map((_, i) => `${(i % columns) * (width ?? 0)}_${Math.floor(i / columns) * (height ?? 0)}`)
  const stacked =
    urls.length === 1
      ? `${pictures}null[v]`
      : `${pictures}xstack=inputs=${urls.length}:layout=${places.join('|')},pad=${PICTURE.width}:${PICTURE.height}[v]`
  const mixed = `${sounds}amix=inputs=${urls.length}:normalize=0[a]`
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', ...inputs],
    ...['-filter_complex', `${scaled};${stacked};${mixed}`, '-map', '[v]', '-map', '[a]'],
    ...[...x264Arguments(preset), '-f', 'mpegts', path],
  ]
}
