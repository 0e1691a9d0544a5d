import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { AppError } from '../protocol/index.ts'

/** Absolute paths of programs that this user may execute. */
export interface FfmpegTools {
  readonly ffmpeg: string
  readonly ffprobe: string
}

/**
 * The configured FFmpeg, else the one on the search path; ffprobe lies beside it or on the path. Errors:
 * `ffmpeg.not-found`, also when the configured one is missing.
 */
export async function findFfmpeg(
  configured?: string,
  searchPath: string = process.env.PATH ?? '',
): Promise<FfmpegTools> {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '')
  const ffmpeg = await firstProgram(candidates(configured ?? 'ffmpeg', folders))
  if (ffmpeg === undefined) {
    const what =
      configured === undefined ? 'FFmpeg was not found on the PATH' : `\`ffmpegPath\` is not a program: ${configured}`
    throw new AppError('ffmpeg.not-found', `${what}; install ffmpeg, or set PANOREC_FFMPEG_PATH`, {
      received: configured,
    })
  }
  const ffprobe = await firstProgram([join(dirname(ffmpeg), 'ffprobe'), ...candidates('ffprobe', folders)])
  if (ffprobe === undefined) {
    throw new AppError(
      'ffmpeg.not-found',
      `ffprobe was not found beside ${ffmpeg} nor on the PATH; install it with ffmpeg`,
    )
  }
  return { ffmpeg, ffprobe }
}

function candidates(name: string, folders: readonly string[]): readonly string[] {
  return isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name))
}

async function firstProgram(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (usable) return path
  }
  return undefined
}
