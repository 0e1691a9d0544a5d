import { tryFfmpeg } from '../media/index.ts'
import type { Examination } from './doctor-finding.ts'

/** Finds FFmpeg and ffprobe and runs both. */
export function ffmpegExamination(configured: string | undefined): Examination {
  return {
    name: 'FFmpeg',
    advice: 'Install it (`npm run setup`, or `apt-get install ffmpeg`), or set PANOREC_FFMPEG_PATH to it.',
    async examine(signal) {
      const {
        ffmpeg,
        ffprobe,
        version = 'of an unknown version',
      } = await tryFfmpeg({
        signal,
        ...(configured !== undefined && { ffmpegPath: configured }),
      })
      return { verdict: 'good', found: `${version} at ${ffmpeg}, with ${ffprobe}` }
    },
  }
}
