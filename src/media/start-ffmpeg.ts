import { spawn } from 'node:child_process'
import createCommand, { type FfmpegCommand } from 'fluent-ffmpeg'
import { createLastLines, ffmpegFailed } from './ffmpeg-error.ts'
import { findFfmpeg } from './find-ffmpeg.ts'

export type { FfmpegCommand }

/** The arguments as FFmpeg takes them, or a function that fills a fluent-ffmpeg command, outputs included. */
export type FfmpegWork = readonly string[] | ((command: FfmpegCommand) => void)

export interface FfmpegOptions {
  /** Aborting it ends FFmpeg as disposing does. */
  readonly signal?: AbortSignal
  readonly ffmpegPath?: string
}

/** An FFmpeg at work. Disposing it ends it in order, and after two seconds by force; then `done` is not an error. */
export interface RunningFfmpeg extends AsyncDisposable {
  readonly pid: number
  /** Resolves when FFmpeg has done its work; rejects with `ffmpeg.failed`. */
  readonly done: Promise<void>
}

const KILL_AFTER_MS = 2_000

/** Errors: `ffmpeg.not-found`; what goes wrong later is the rejection of `done`. */
export async function startFfmpeg(work: FfmpegWork, options: FfmpegOptions = {}): Promise<RunningFfmpeg> {
  options.signal?.throwIfAborted()
  const { ffmpeg } = await findFfmpeg(options.ffmpegPath)
  const child = spawn(ffmpeg, ['-hide_banner', '-nostdin', ...argumentsOf(work)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const log = createLastLines()
  child.stderr.setEncoding('utf8').on('data', log.add)
  let ending = false
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  child.once('error', (cause) => reject(ffmpegFailed('FFmpeg', { code: null, signal: null, lines: log.lines, cause })))
  child.once('close', (code, signal) => {
    options.signal?.removeEventListener('abort', end)
    if (code === 0 || ending) resolve()
    else reject(ffmpegFailed('FFmpeg', { code, signal, lines: log.lines }))
  })
  done.catch(() => undefined)
  function end(): void {
    ending = true
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
    child.once('close', () => clearTimeout(timer))
  }
  options.signal?.addEventListener('abort', end, { once: true })
  return {
    pid: child.pid ?? 0,
    done,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) end()
      await done.catch(() => undefined)
    },
  }
}

/** fluent-ffmpeg builds the arguments; the process is ours, so that it ends when it is told to. */
function argumentsOf(work: FfmpegWork): readonly string[] {
  if (typeof work !== 'function') return work
  const command = createCommand()
  work(command)
  return (command as FfmpegCommand & { _getArguments(): string[] })._getArguments()
}
