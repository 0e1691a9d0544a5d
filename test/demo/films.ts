import { join } from 'node:path'
import { type Films, prepareFilms } from '../../examples/demo/media/prepare.ts'
import { CHROME_PATH, cacheDir } from '../kit/index.ts'

export const TOOLS = { ffmpegPath: 'ffmpeg', chromePath: CHROME_PATH }

/** The films of the demo, made once on a machine for each state of what is filmed: drawing and encoding them takes half a minute. */
export async function prepareDemoFilms(): Promise<{ readonly films: Films; readonly folder: string }> {
  const folder = join(cacheDir(), 'demo-films')
  const { signal } = new AbortController()
  return { films: await prepareFilms(TOOLS, { cacheFolder: folder, signal, onStep: () => undefined }), folder }
}
