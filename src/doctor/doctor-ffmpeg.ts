import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findFfmpeg } from '../media/index.ts'
import type { Examination } from './doctor-finding.ts'

const run = promisify(execFile)

/** Finds FFmpeg and ffprobe and runs both. */
export function ffmpegExamination(configured: string | undefined): Examination {
  return {
    name: 'FFmpeg',
    advice: 'Install it (`npm run setup`, or `apt-get install ffmpeg`), or set PANOREC_FFMPEG_PATH to it.',
    async examine(signal) {
      const tools = await findFfmpeg(configured)
      const { stdout } = await run(tools.ffmpeg, ['-version'], { signal })
      await run(tools.ffprobe, ['-version'], { signal })
      const version = /^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? 'of an unknown version'
      return { verdict: 'good', found: `${version} at ${tools.ffmpeg}, with ${tools.ffprobe}` }
    },
  }
}
