import { type FfmpegOptions, runProgram } from './run-program.ts'

/** `runProgram` for ffprobe, whose output is text. */
export async function runFfprobe(
  args: readonly string[],
  options: FfmpegOptions,
): Promise<{ readonly output: string; readonly complaints: readonly string[] }> {
  const { output, complaints } = await runProgram({ program: 'ffprobe', args }, options)
  return { output: output.toString(), complaints }
}
