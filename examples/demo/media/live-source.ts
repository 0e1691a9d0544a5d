import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, delay } from '../../../src/timing/index.ts'
import type { Tools } from './tools.ts'

const SEGMENTS_IN_PLAYLIST = 6
/** What a player needs before it can join at its usual distance from the live edge. */
const READY_SEGMENTS = 3
const POLL_MS = 100
const READY_TIMEOUT_MS = 15_000
const STOP_TIMEOUT_MS = 2000
const ERROR_TAIL = 600

export interface LiveSource extends AsyncDisposable {
  /** The playlist's path below the media folder. */
  readonly path: string
  /** Wall time of the loop's first frame, epoch milliseconds. */
  readonly startedAtMs: number
  /** Resolves when the playlist can be joined; throws FFmpeg's error output when it ended instead. */
  ready(): Promise<void>
}

/** Loops a movie as a live stream: a rolling playlist of one-second segments, without encoding again. */
export async function startLiveSource(
  tools: Tools,
  options: { readonly id: string; readonly moviePath: string; readonly folder: string; readonly signal: AbortSignal },
): Promise<LiveSource> {
  const { id, moviePath, folder, signal } = options
  await mkdir(join(folder, id), { recursive: true })
  const playlistPath = join(folder, id, 'live.m3u8')
  const child = spawn(tools.ffmpegPath, liveArguments(moviePath, join(folder, id)), {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const output = collectErrorOutput(child)
  return {
    path: `${id}/live.m3u8`,
    startedAtMs: Date.now(),
    ready: () => waitForSegments({ child, playlistPath, output, signal }),
    [Symbol.asyncDispose]: () => stop(child),
  }
}

/** FFmpeg's arguments for a live stream of a movie whose key frames are one second apart. */
function liveArguments(moviePath: string, folder: string): string[] {
  const input = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-re', '-stream_loop', '-1', '-i', moviePath]
  const flags = 'program_date_time+temp_file+delete_segments+independent_segments+omit_endlist'
  const hls = ['-f', 'hls', '-hls_time', '1', '-hls_list_size', `${SEGMENTS_IN_PLAYLIST}`, '-hls_flags', flags]
  const names = ['-hls_segment_filename', join(folder, 'segment-%06d.ts'), join(folder, 'live.m3u8')]
  return [...input, '-c', 'copy', ...hls, ...names]
}

interface Wait {
  readonly child: ChildProcess
  readonly playlistPath: string
  readonly output: () => string
  readonly signal: AbortSignal
}

async function waitForSegments({ child, playlistPath, output, signal }: Wait): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS
  while ((await countSegments(playlistPath)) < READY_SEGMENTS) {
    if (hasEnded(child)) throw new Error(`FFmpeg ended instead of sending ${playlistPath}: ${output()}`)
    if (performance.now() > deadline) {
      throw new Error(`FFmpeg wrote no live playlist ${playlistPath} within ${READY_TIMEOUT_MS} ms: ${output()}`)
    }
    await delay(POLL_MS, { signal })
    signal.throwIfAborted()
  }
}

async function countSegments(playlistPath: string): Promise<number> {
  const text = await readFile(playlistPath, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text.match(/^#EXTINF/gm)?.length ?? 0
}

function collectErrorOutput(child: ChildProcess): () => string {
  let text = ''
  child.once('error', (error) => {
    text += error.message
  })
  child.stderr?.on('data', (data: Buffer) => {
    text = (text + data.toString()).slice(-ERROR_TAIL)
  })
  return () => text.trim() || 'it wrote no error.'
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  using _hardStop = after(STOP_TIMEOUT_MS, () => child.kill('SIGKILL'))
  await ended
}
