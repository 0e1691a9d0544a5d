import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cutClip } from '../src/clipper/cut-clip.ts'
import { runClip } from '../src/clipper/index.ts'
import { planCut } from '../src/clipper/plan-cut.ts'
import { SegmentCache } from '../src/clipper/segment-cache.ts'
import type { ClipRequest, ClipSegment } from '../src/protocol/index.ts'
import { FsSegmentStore } from '../src/store/index.ts'
import { quantile, runFfmpeg } from '../test/kit/index.ts'
import type { Benchmark } from './benchmark.ts'

const ROUNDS = 10
const RECORD_SEC = 44
const CLIP_SEC = 30
const SEGMENT_SEC = 2
const FPS = 25
const RECORDING = 'rec_bench'
/** Similar to a class for an encoder: much of it still, and noise that costs bits. */
const PICTURE = `testsrc2=s=1280x720:r=${FPS}:d=${RECORD_SEC},noise=alls=6:allf=t,format=yuv420p`

/** How long it takes to cut a clip, against what FFmpeg needs for the same range of the same segments. */
export const clips: Benchmark = {
  name: 'clips',
  title: 'Cutting a clip of thirty seconds',
  async run(say) {
    const root = await mkdtemp(join(tmpdir(), 'panorec-bench-'))
    try {
      const segments = await record(join(root, RECORDING, 'takes/1'))
      const times: Record<Way, number[]> = { cut: [], all: [], copy: [], encode: [] }
      for (let round = 0; round < ROUNDS; round += 1) {
        // Every beginning is another picture of a group of fifty.
        const fromMs = 1000 * SEGMENT_SEC + Math.round(((round + 0.5) * 50) / ROUNDS) * (1000 / FPS)
        const request = requestOf(root, segments, { fromMs, round })
        times.cut.push(await elapsedMs(() => cutOnly(request, root)))
        times.all.push(await elapsedMs(() => runClip(request, IO)))
        times.copy.push(await elapsedMs(() => ffmpeg(request, root, ['-c', 'copy'])))
        times.encode.push(await elapsedMs(() => ffmpeg(request, root, ENCODE)))
        say(
          `round ${round + 1} of ${ROUNDS}: ${WAYS.map(([way]) => `${way} ${times[way].at(-1)?.toFixed(0)} ms`).join(', ')}`,
        )
      }
      return finding(times)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  },
}

type Way = 'cut' | 'all' | 'copy' | 'encode'
const WAYS: readonly (readonly [Way, string])[] = [
  ['cut', '`clip.mp4`, exact to the frame'],
  ['all', 'the same, with poster, preview, check and storing'],
  ['copy', 'FFmpeg `-c copy`, begins at a key frame'],
  ['encode', 'FFmpeg, x264 veryfast'],
]
const ENCODE = ['-c:v', 'libx264', '-preset', 'veryfast', '-c:a', 'aac']
const IO = { signal: new AbortController().signal, logger: { debug: () => undefined, info: () => undefined } }

function finding(times: Readonly<Record<Way, readonly number[]>>) {
  const base = quantile(times.encode, 0.5)
  return {
    method:
      `${ROUNDS} clips of ${CLIP_SEC} s from a recording of 1280×720 at ${FPS} fps with 2.5 Mbit/s and segments of ${SEGMENT_SEC} s on a ` +
      'local disk, beginning at pictures spread evenly over a group of 50. All ways take turns and read the same segments.',
    columns: ['milliseconds', 'p50', 'p95', 'times as fast as x264'],
    rows: WAYS.map(([way, name]) => [
      name,
      quantile(times[way], 0.5).toFixed(0),
      quantile(times[way], 0.95).toFixed(0),
      (base / quantile(times[way], 0.5)).toFixed(1),
    ]),
  }
}

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now()
  await work()
  return performance.now() - startedAtMs
}

/** From the store to the file, as `runClip` does it. */
async function cutOnly(request: ClipRequest, folder: string): Promise<void> {
  const { signal } = IO
  const cache = new SegmentCache({ store: new FsSegmentStore(folder), recordingId: RECORDING, folder, signal })
  const segments = await cache.read(request)
  const plan = planCut(segments, { fromMs: request.fromMs, toMs: request.toMs, fps: FPS })
  const path = join(folder, 'cut.mp4')
  await cutClip(plan, {
    path,
    fps: FPS,
    atMs: request.atMs,
    segments,
    before: undefined,
    after: undefined,
    ffmpeg: { signal },
  })
}

async function ffmpeg({ segments, fromMs }: ClipRequest, root: string, codecs: readonly string[]): Promise<void> {
  const input = `concat:${segments.map(({ uri }) => join(root, RECORDING, uri)).join('|')}`
  const seek = ((fromMs - (segments[0]?.startMs ?? 0)) / 1000).toFixed(3)
  const output = ['-movflags', '+faststart', join(root, 'ffmpeg.mp4')]
  await runFfmpeg(['-ss', seek, '-i', input, '-t', String(CLIP_SEC), ...codecs, ...output])
}

async function record(folder: string): Promise<ClipSegment[]> {
  await mkdir(folder, { recursive: true })
  const bitrate = ['-b:v', '2500k', '-maxrate', '2500k', '-bufsize', '2500k']
  await runFfmpeg([
    ...['-f', 'lavfi', '-i', PICTURE, '-f', 'lavfi', '-i', `sine=f=440:r=48000:d=${RECORD_SEC}`, '-ac', '2'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-refs', '1', ...bitrate],
    ...['-g', String(FPS * SEGMENT_SEC), '-keyint_min', String(FPS * SEGMENT_SEC), '-sc_threshold', '0'],
    ...['-c:a', 'aac', '-b:a', '96k', '-f', 'segment', '-segment_time', String(SEGMENT_SEC), join(folder, '%d.ts')],
  ])
  const count = (await readdir(folder)).length
  return Array.from({ length: count }, (_, i) => ({
    uri: `takes/1/${i}.ts`,
    take: 1,
    startMs: i * SEGMENT_SEC * 1000,
    durationSec: SEGMENT_SEC,
    discontinuity: false,
  }))
}

function requestOf(
  root: string,
  segments: readonly ClipSegment[],
  { fromMs, round }: { readonly fromMs: number; readonly round: number },
): ClipRequest {
  const toMs = fromMs + CLIP_SEC * 1000
  return {
    highlightId: `hl_${round}`,
    recordingId: RECORDING,
    traceId: 'bench',
    store: { kind: 'fs', path: root },
    atMs: fromMs + (CLIP_SEC * 1000 * 2) / 3,
    fromMs,
    toMs,
    segments: segments.filter((one) => one.startMs < toMs && one.startMs + one.durationSec * 1000 > fromMs),
    video: { width: 1280, height: 720, fps: FPS },
    logLevel: 'silent',
  }
}
