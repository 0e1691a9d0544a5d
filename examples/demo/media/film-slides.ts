import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FPS } from '../cast.ts'
import { SLIDE_SEC, SLIDES, slidePage } from '../slides.ts'
import type { Studio } from './film.ts'
import { runFfmpeg, type Tools } from './tools.ts'

/** Writes the photographed slides as one MP4 without sound, each slide for `SLIDE_SEC`. */
export async function filmSlides(
  tools: Tools,
  options: { readonly pictures: readonly string[]; readonly folder: string; readonly signal: AbortSignal },
): Promise<string> {
  const { pictures, folder, signal } = options
  const list = join(folder, 'slides.ffconcat')
  const entries = pictures.map((path) => `file '${path}'\nduration ${SLIDE_SEC}`)
  await writeFile(list, ['ffconcat version 1.0', ...entries, `file '${pictures.at(-1)}'`, ''].join('\n'))
  const moviePath = join(folder, 'slides.mp4')
  const length = ['-t', `${SLIDE_SEC * SLIDES.length}`]
  const picture = ['-vf', `fps=${FPS},format=yuv420p`, '-c:v', 'libx264', '-preset', 'superfast', '-crf', '20']
  const keys = ['-g', `${FPS}`, '-sc_threshold', '0', '-bf', '0', '-movflags', '+faststart']
  const input = ['-f', 'concat', '-safe', '0', '-i', list]
  await runFfmpeg(tools, [...input, ...length, ...picture, ...keys, moviePath], signal)
  return moviePath
}

/** Resolves with the paths of the pictures. A page that is opened meanwhile may take the front from the slides: then Chrome never draws them. */
export async function photographSlides(studio: Studio, folder: string): Promise<readonly string[]> {
  const page = await studio.browser.newPage()
  const paths: string[] = []
  try {
    await page.setViewport({ width: 1280, height: 720 })
    for (const index of SLIDES.keys()) {
      await page.setContent(slidePage(index))
      const path = join(folder, `slide-${index}.png`)
      await page.screenshot({ path: path as `${string}.png` })
      paths.push(path)
    }
  } finally {
    await page.close()
  }
  return paths
}
