import { mkdir, rename, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { runFfmpeg } from '../service/child.ts'
import { BEEP_SEC, drawPattern, PATTERN_FPS, type Pattern } from './pattern.ts'

/** Grows when what is drawn changes, so that an old clip of the cache is not used. */
const CLIP_VERSION = 3
/** Small: what a source costs to decode, once for each of its viewers, is not what tests are about. */
export const CLIP_SIZE = { width: 320, height: 180 }

export function cacheDir(): string {
  return join(tmpdir(), 'panorec-kit-cache')
}

const making = new Map<string, Promise<string>>()

/** Makes a file of the cache once; two processes that make it at the same time do not disturb each other. */
export async function cached(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const path = join(cacheDir(), name)
  if (await stat(path).catch(() => undefined)) return path
  const other = making.get(path)
  if (other !== undefined) return await other
  const made = makeInCache(path, make).finally(() => making.delete(path))
  making.set(path, made)
  return await made
}

async function makeInCache(path: string, make: (path: string) => Promise<void>): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  const part = join(dirname(path), `part-${process.pid}-${basename(path)}`)
  await make(part)
  await rename(part, path)
  return path
}

/**
 * The pattern as an MP4 of H.264 baseline (no B-frames, a key frame each second, for `-c copy` to HLS and RTP) and AAC.
 * Frame n has PTS n/25 s, its counter is n; the beeps begin at whole seconds, to the sample.
 */
export async function makePatternClip(pattern: Pattern, seconds: number): Promise<string> {
  return await cached(`pattern-${CLIP_VERSION}-${pattern.index}-${seconds}s.mp4`, (path) =>
    runFfmpeg(clipArguments(pattern, seconds, path), pictures(pattern, seconds * PATTERN_FPS)),
  )
}

async function* pictures(pattern: Pattern, count: number): AsyncGenerator<Uint8Array> {
  for (let counter = 0; counter < count; counter++) yield drawPattern(pattern, counter, CLIP_SIZE)
}

/** What FFmpeg reads of a pattern: its pictures from standard input, and its beeps. */
export function patternInputs(pattern: Pattern, seconds: number, { width, height }: typeof CLIP_SIZE): string[] {
  const beep = `0.3*sin(2*PI*${pattern.beepHz}*n/48000)*lt(n,${BEEP_SEC * 48000})`
  // One second again and again: to evaluate each sample takes longer than all the rest.
  const beeps = `aevalsrc='${beep}|${beep}':s=48000:d=1,aloop=-1:48000,atrim=0:${seconds}`
  return [
    ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', String(PATTERN_FPS), '-i', 'pipe:0'],
    ...['-f', 'lavfi', '-i', beeps],
  ]
}

function clipArguments(pattern: Pattern, seconds: number, path: string): string[] {
  return [
    ...patternInputs(pattern, seconds, CLIP_SIZE),
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-crf', '20'],
    ...['-g', String(PATTERN_FPS), '-keyint_min', String(PATTERN_FPS), '-sc_threshold', '0'],
    ...['-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart', '-f', 'mp4', path],
  ]
}
