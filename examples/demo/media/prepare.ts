import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { CAST } from '../cast.ts'
import { bundleStudio, filmPerson, type Studio } from './film.ts'
import { filmSlides, photographSlides } from './film-slides.ts'
import { serveMedia } from './server.ts'
import { hasFlite, launchStudio, type Tools } from './tools.ts'
import { recordVoice } from './voice.ts'

/** The films of the class: one loop of every person by id, and the slides. */
export interface Films {
  readonly people: ReadonlyMap<string, string>
  readonly slides: string
}

/** Makes the film of every stream of the class once; later runs find them in the cache folder. */
export async function prepareFilms(
  tools: Tools,
  options: { readonly cacheFolder: string; readonly signal: AbortSignal; readonly onStep: (step: string) => void },
): Promise<Films> {
  const { cacheFolder, signal, onStep } = options
  const finished = join(cacheFolder, await fingerprint())
  if (!existsSync(join(finished, 'slides.mp4'))) {
    await mkdir(cacheFolder, { recursive: true })
    const folder = await mkdtemp(join(tmpdir(), 'panorec-demo-films-'))
    try {
      await filmAll(tools, { folder, signal, onStep })
      await keepFilms(folder, finished)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  const people = new Map(CAST.map((person) => [person.id, join(finished, `${person.id}.mp4`)]))
  return { people, slides: join(finished, 'slides.mp4') }
}

async function filmAll(
  tools: Tools,
  options: { readonly folder: string; readonly signal: AbortSignal; readonly onStep: (step: string) => void },
): Promise<void> {
  const { folder, signal, onStep } = options
  const spoken = await hasFlite(tools, signal)
  if (!spoken) onStep('this FFmpeg has no flite filter: tones take the place of voices')
  await using server = await serveMedia(folder)
  const [browser, script] = await Promise.all([launchStudio(tools), bundleStudio()])
  try {
    const studio: Studio = { browser, script, url: `${server.url}/studio` }
    const pictures = await photographSlides(studio, folder)
    const people = CAST.map(async (person) => {
      const voice = await recordVoice(tools, person, { folder, spoken, signal })
      await filmPerson(tools, person, { studio, voice, folder, signal })
      onStep(`${person.label} is filmed`)
    })
    const results = await Promise.allSettled([...people, filmSlides(tools, { pictures, folder, signal })])
    for (const result of results) if (result.status === 'rejected') throw result.reason
  } finally {
    await browser.close()
  }
}

/** Moves the movies into the cache atomically, so that a broken run never leaves a part of them, and deletes films of older drawings. */
async function keepFilms(folder: string, finished: string): Promise<void> {
  const movies = (await readdir(folder)).filter((name) => name.endsWith('.mp4'))
  const draft = await mkdtemp(`${finished}-`)
  for (const name of movies) await copyFile(join(folder, name), join(draft, name))
  await rm(finished, { recursive: true, force: true })
  await rename(draft, finished)
  const outdated = (await readdir(dirname(finished))).filter((name) => name !== basename(finished))
  for (const name of outdated) await rm(join(dirname(finished), name), { recursive: true, force: true })
}

/** A hash of everything that is filmed. */
async function fingerprint(): Promise<string> {
  const root = join(import.meta.dirname, '..')
  const hash = createHash('sha256')
  for (const part of ['.', 'media', 'studio']) {
    for (const name of (await readdir(join(root, part))).filter((file) => isFilmed(part, file)).sort()) {
      hash.update(await readFile(join(root, part, name)))
    }
  }
  return hash.digest('hex').slice(0, 16)
}

function isFilmed(part: string, file: string): boolean {
  return part === '.' ? file === 'cast.ts' || file === 'slides.ts' : file.endsWith('.ts')
}
