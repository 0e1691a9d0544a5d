import { type FfmpegCommand, type FfmpegOptions, runFfmpeg } from './run-ffmpeg.ts'

interface TestFilm {
  readonly path: string
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly seconds: number
}

/** Writes an MP4 of H.264 and AAC in which every part of the picture moves, with a tone. Errors: `ffmpeg.failed`. */
export async function makeTestFilm(film: TestFilm, options: FfmpegOptions): Promise<void> {
  await runFfmpeg({ build: (command) => buildTestFilm(command, film) }, options)
}

function buildTestFilm(command: FfmpegCommand, { path, width, height, fps, seconds }: TestFilm): void {
  const picture = `testsrc2=size=${width}x${height}:rate=${fps}:duration=${seconds},scroll=horizontal=0.004:vertical=0.002`
  command.input(picture).inputFormat('lavfi').inputOptions('-v', 'error')
  command.input(`sine=frequency=440:sample_rate=48000:duration=${seconds}`).inputFormat('lavfi')
  command.output(path).videoCodec('libx264').audioCodec('aac').format('mp4')
  command.outputOptions('-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', String(fps), '-b:v', '800k')
  command.outputOptions('-movflags', '+faststart')
}
