import { delimiter, dirname, join } from 'node:path'
import which from 'which'
import { AppError } from '../protocol/index.ts'

/** Absolute paths of programs that this user may execute. */
interface FfmpegTools {
  readonly ffmpeg: string
  readonly ffprobe: string
}

/**
 * Finds the configured FFmpeg, else the one on the search path, and ffprobe beside it or on the path. Errors:
 * `ffmpeg.not-found`, also when the configured one is missing.
 */
export async function findFfmpeg(
  configured?: string,
  searchPath: string = process.env.PATH ?? '',
): Promise<FfmpegTools> {
  const ffmpeg = await find(configured ?? 'ffmpeg', searchPath)
  if (ffmpeg === undefined) {
    const what =
      configured === undefined ? 'FFmpeg was not found on the PATH' : `\`ffmpegPath\` is not a program: ${configured}`
    throw new AppError('ffmpeg.not-found', `${what}; install ffmpeg, or set PANOREC_FFMPEG_PATH`, {
      received: configured,
    })
  }
  const ffprobe = (await find(join(dirname(ffmpeg), 'ffprobe'), searchPath)) ?? (await find('ffprobe', searchPath))
  if (ffprobe === undefined) {
    throw new AppError(
      'ffmpeg.not-found',
      `ffprobe was not found beside ${ffmpeg} nor on the PATH; install it with ffmpeg`,
    )
  }
  return { ffmpeg, ffprobe }
}

/** Leaves out empty parts of the search path: they mean the working folder. */
async function find(program: string, searchPath: string): Promise<string | undefined> {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '')
  if (folders.length === 0 && !program.includes('/')) return undefined
  return (await which(program, { path: folders.join(delimiter), nothrow: true })) ?? undefined
}
