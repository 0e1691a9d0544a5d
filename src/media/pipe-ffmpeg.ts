import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { createLastLines, ffmpegFailed } from './ffmpeg-error.ts'
import { findFfmpeg } from './find-ffmpeg.ts'

export interface PipeOptions {
  readonly signal?: AbortSignal
  readonly ffmpegPath?: string
}

export interface PipeWork {
  readonly args: readonly string[]
  /** Without it the standard input is closed. */
  readonly input?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** `ffprobe` when not FFmpeg itself. */
  readonly program?: 'ffmpeg' | 'ffprobe'
  /** What relative file names of the arguments are relative to. */
  readonly folder?: string
}

/** What the program had to complain of, at the log level that its arguments ask for. */
export interface PipeEnd {
  readonly complaints: readonly string[]
}

/** An FFmpeg whose output is read as it comes; the reader must read it to its end. */
export interface FfmpegPipe extends PipeEnd {
  readonly output: AsyncIterable<Uint8Array>
}

/** Runs FFmpeg to its end and returns all of its standard output. Errors: `ffmpeg.not-found`, `ffmpeg.failed`. */
export async function runFfmpeg(
  work: PipeWork,
  options: PipeOptions = {},
): Promise<PipeEnd & { readonly output: Buffer }> {
  const parts: Uint8Array[] = []
  const pipe = openFfmpegPipe(work, options)
  for await (const part of pipe.output) parts.push(part)
  return { output: Buffer.concat(parts), complaints: pipe.complaints }
}

/** Feeds an FFmpeg and hands on what it writes. Its failure, or that of its input, is thrown to the reader of the output. */
export function openFfmpegPipe(work: PipeWork, options: PipeOptions = {}): FfmpegPipe {
  const log = createLastLines()
  return {
    get complaints() {
      return log.lines
    },
    output: pump(work, options, log),
  }
}

type Log = ReturnType<typeof createLastLines>
type Child = ChildProcessByStdio<Writable, Readable, Readable>

async function* pump(work: PipeWork, options: PipeOptions, log: Log): AsyncGenerator<Uint8Array> {
  options.signal?.throwIfAborted()
  const tools = await findFfmpeg(options.ffmpegPath)
  const program = work.program ?? 'ffmpeg'
  const child: Child = spawn(tools[program], ['-hide_banner', ...work.args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(work.folder !== undefined && { cwd: work.folder }),
  })
  const ended = watchEnd(child, program, log)
  const kill = () => void child.kill('SIGKILL')
  options.signal?.addEventListener('abort', kill, { once: true })
  try {
    const fed = feed(child, work.input ?? [])
    for await (const part of child.stdout) yield part as Uint8Array
    await fed
    await ended
  } finally {
    options.signal?.removeEventListener('abort', kill)
    kill()
    await ended.catch(() => undefined)
    options.signal?.throwIfAborted()
  }
}

function watchEnd(child: Child, program: string, log: Log): Promise<void> {
  child.stderr.setEncoding('utf8').on('data', log.add)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  promise.catch(() => undefined)
  const failed = (end: { code: number | null; signal: NodeJS.Signals | null; cause?: unknown }) =>
    reject(ffmpegFailed(program === 'ffmpeg' ? 'FFmpeg' : program, { ...end, lines: log.lines }))
  child.once('error', (cause) => failed({ code: null, signal: null, cause }))
  child.once('close', (code, signal) => (code === 0 ? resolve() : failed({ code, signal })))
  return promise
}

/** Rejects when the input does. A program may close its input before the end: it says itself whether that was well. */
function feed(child: Child, input: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
  const closed = once(
    child.stdin.on('error', () => undefined),
    'close',
  ).catch(() => undefined)
  const fed = (async () => {
    try {
      for await (const part of input) {
        if (child.stdin.destroyed) return
        if (!child.stdin.write(part)) await Promise.race([once(child.stdin, 'drain').catch(() => undefined), closed])
      }
      child.stdin.end()
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    }
  })()
  fed.catch(() => undefined)
  return fed
}
