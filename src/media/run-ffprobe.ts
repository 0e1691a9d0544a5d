import { ExecaError, execa } from 'execa'
import { ffmpegFailed, lastLines } from './ffmpeg-error.ts'
import { findFfmpeg } from './find-ffmpeg.ts'
import type { FfmpegOptions } from './run-ffmpeg.ts'

/**
 * Runs ffprobe for what fluent-ffmpeg's own call of it does not give, such as packets. Returns what it wrote and what it complained of.
 * Errors: `ffmpeg.not-found`, `ffmpeg.failed`; an abort kills it, and its reason is thrown.
 */
export async function runFfprobe(
  args: readonly string[],
  { signal, ffmpegPath }: FfmpegOptions,
): Promise<{ readonly output: string; readonly complaints: readonly string[] }> {
  signal?.throwIfAborted()
  const { ffprobe } = await findFfmpeg(ffmpegPath)
  signal?.throwIfAborted()
  try {
    const { stdout, stderr } = await execa(ffprobe, args, {
      stdin: 'ignore',
      killSignal: 'SIGKILL',
      ...(signal !== undefined && { cancelSignal: signal }),
    })
    return { output: stdout, complaints: lastLines(stderr) }
  } catch (cause) {
    signal?.throwIfAborted()
    const { exitCode = null, signal: by = null, stderr = '' } = cause instanceof ExecaError ? cause : {}
    throw ffmpegFailed('ffprobe', { code: exitCode, signal: by, lines: lastLines(String(stderr)), cause })
  }
}
