import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CompositorKind } from '../src/protocol/index.ts'
import { delay } from '../src/timing/index.ts'
import { Child, cached, HlsServer, runFfmpeg } from '../test/kit/index.ts'
import { TestService } from '../test/kit/service/test-service.ts'
import type { Benchmark } from './benchmark.ts'
import { measureCost, type ProcessCost } from './process-cost.ts'

const SOURCES = 4
const MEASURE_SEC = 40
/** Chrome's start and the encoders' first seconds are no running cost. */
const SETTLE_MS = 5000
const CLIP_SEC = 240

/** CPU and memory of a recording, beside the leanest other way to make the same picture: FFmpeg alone, with x264. */
export const cost: Benchmark = {
  name: 'cost',
  title: 'CPU and memory of a recording',
  async run(say) {
    await using sources = new AsyncDisposableStack()
    const clip = await makeMovingClip()
    const servers = []
    for (let i = 0; i < SOURCES; i++) servers.push(sources.use(await HlsServer.start({ clip })))
    await Promise.all(servers.map((server) => server.ready()))
    const urls = servers.map((server) => server.url)
    const recording = await measureRecording(urls, 'planar')
    say(`recording: ${recording.cores.toFixed(2)} cores`)
    const canvas = await measureRecording(urls, 'canvas')
    say(`on a canvas: ${canvas.cores.toFixed(2)} cores`)
    const veryfast = await measureFfmpeg(urls, 'veryfast')
    say(`FFmpeg, x264 veryfast: ${veryfast.cores.toFixed(2)} cores`)
    return {
      method:
        `${SOURCES} moving live HLS sources of 640×360 at 25 fps with sound in a 2×2 grid of 1280×720 at 2.5 Mbit/s, ${MEASURE_SEC} s each, one ` +
        'after the other. FFmpeg composes and encodes the same rectangles without a browser, so it has no labels, no whiteboard, no ' +
        'layouts, and it stops when a source does.',
      columns: ['way', 'cores', 'against FFmpeg', 'memory, PSS'],
      rows: [
        row('this recorder', recording, veryfast),
        row('the same, composed on a canvas', canvas, veryfast),
        row('FFmpeg, x264 veryfast', veryfast, veryfast),
      ],
    }
  },
}

function row(name: string, way: ProcessCost, reference: ProcessCost): string[] {
  const megabytes = `${Math.round(way.peakBytes / 1e6)} MB`
  return [name, way.cores.toFixed(2), (way.cores / reference.cores).toFixed(2), megabytes]
}

async function measureRecording(urls: readonly string[], compositor: CompositorKind): Promise<ProcessCost> {
  await using service = await TestService.start({ PANOREC_COMPOSITOR: compositor })
  const call = await service.post({
    sources: urls.map((url, i) => ({ id: `source-${i}`, type: 'hls', url })),
    layout: { name: 'grid' },
  })
  await call.running()
  await delay(SETTLE_MS)
  const found = await measureCost(MEASURE_SEC, ({ command }) => !command.startsWith('ffmpeg'))
  await call.stop()
  return found
}

async function measureFfmpeg(urls: readonly string[], preset: string): Promise<ProcessCost> {
  const dir = await mkdtemp(join(tmpdir(), 'panorec-bench-'))
  try {
    await using encoder = new Child('ffmpeg', gridArguments(urls, preset, dir))
    await delay(SETTLE_MS)
    const pid = encoder.process.pid
    const found = await measureCost(MEASURE_SEC, (it) => it.pid === pid)
    if (!encoder.running) throw new Error(`FFmpeg ended: ${encoder.stderr}`)
    return found
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function gridArguments(urls: readonly string[], preset: string, dir: string): string[] {
  const inputs = urls.flatMap((url) => ['-live_start_index', '-3', '-i', url])
  const scaled = urls.map((_, i) => `[${i}:v]fps=25,scale=640:360[v${i}]`).join(';')
  const pictures = urls.map((_, i) => `[v${i}]`).join('')
  const sounds = urls.map((_, i) => `[${i}:a]`).join('')
  const stacked = `${pictures}xstack=inputs=${urls.length}:layout=0_0|640_0|0_360|640_360[v]`
  const mixed = `${sounds}amix=inputs=${urls.length}[a]`
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', ...inputs],
    ...['-filter_complex', `${scaled};${stacked};${mixed}`, '-map', '[v]', '-map', '[a]'],
    ...['-c:v', 'libx264', '-preset', preset, '-b:v', '2500k', '-maxrate', '2500k', '-bufsize', '2500k', '-g', '50'],
    ...['-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '96k', '-f', 'hls', '-hls_time', '2', join(dir, 'index.m3u8')],
  ]
}

/** Everything in it moves, so that encoding costs what it does in a real class or more. */
async function makeMovingClip(): Promise<string> {
  return await cached(`moving-1-${CLIP_SEC}s.mp4`, (path) =>
    runFfmpeg([
      ...[
        '-f',
        'lavfi',
        '-i',
        'testsrc2=size=640x360:rate=25',
        '-f',
        'lavfi',
        '-i',
        'sine=frequency=440:sample_rate=48000',
      ],
      ...[
        '-t',
        String(CLIP_SEC),
        '-pix_fmt',
        'yuv420p',
        '-c:v',
        'libx264',
        '-preset',
        'veryfast',
        '-profile:v',
        'main',
      ],
      ...['-bf', '0', '-b:v', '800k', '-g', '25', '-keyint_min', '25', '-sc_threshold', '0', '-c:a', 'aac', '-ac', '2'],
      ...['-f', 'mp4', path],
    ]),
  )
}
