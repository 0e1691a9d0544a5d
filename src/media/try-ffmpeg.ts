import { findFfmpeg } from './find-ffmpeg.ts'
import { type FfmpegOptions, runProgram } from './run-program.ts'

/** Starts FFmpeg and ffprobe once; returns their paths, and FFmpeg's version. Errors: `ffmpeg.not-found`, `ffmpeg.failed`. */
export async function tryFfmpeg(
  options: FfmpegOptions,
): Promise<{ readonly ffmpeg: string; readonly ffprobe: string; readonly version: string | undefined }> {
  const tools = await findFfmpeg(options.ffmpegPath)
  const { output } = await runProgram({ program: 'ffmpeg', args: ['-version'] }, options)
  await runProgram({ program: 'ffprobe', args: ['-version'] }, options)
  return { ...tools, version: /^ffmpeg version (\S+)/.exec(output.toString())?.[1] }
}
