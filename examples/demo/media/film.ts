import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'puppeteer'
import { build } from 'vite'
import { FPS, type Person } from '../cast.ts'
import type { ScenePlan } from '../scene-plan.ts'
import { runFfmpeg, type Tools } from './tools.ts'
import type { Voice } from './voice.ts'

const BITRATE_KBPS = { presenter: 1100, participant: 600 } as const
const AUDIO_KBPS = 96

/** A Chrome, a page of a secure context to film in, and the script that films. */
export interface Studio {
  readonly browser: Browser
  readonly url: string
  readonly script: string
}

/** The studio as one script that defines the global `studio`. */
export async function bundleStudio(): Promise<string> {
  const entry = join(import.meta.dirname, '../studio/index.ts')
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    build: { write: false, minify: false, target: 'esnext', lib: { entry, formats: ['iife'], name: 'studio' } },
  })
  const [bundle] = Array.isArray(result) ? result : [result]
  if (bundle === undefined || !('output' in bundle)) throw new Error('Vite did not bundle the demo studio.')
  return bundle.output[0].code
}

/** Films a person and writes an MP4 of exactly one loop with a key frame on every full second. */
export async function filmPerson(
  tools: Tools,
  person: Person,
  options: {
    readonly studio: Studio
    readonly voice: Voice
    readonly folder: string
    readonly signal: AbortSignal
  },
): Promise<string> {
  const { studio, voice, folder, signal } = options
  const plan: ScenePlan = {
    look: person.look,
    width: person.width,
    height: person.height,
    fps: FPS,
    mouth: voice.mouth,
    bitrateKbps: BITRATE_KBPS[person.role],
    phase: (person.id.charCodeAt(0) % 10) / 10,
  }
  const picturePath = join(folder, `${person.id}.h264`)
  await writeFile(picturePath, await film(studio, plan))
  const moviePath = join(folder, `${person.id}.mp4`)
  const sound = ['-c:a', 'aac', '-b:a', `${AUDIO_KBPS}k`, '-ac', '2', '-ar', '48000']
  const inputs = ['-r', `${FPS}`, '-f', 'h264', '-i', picturePath, '-i', voice.wavPath]
  await runFfmpeg(tools, [...inputs, '-map', '0:v', '-map', '1:a', '-c:v', 'copy', ...sound, moviePath], signal)
  return moviePath
}

async function film(studio: Studio, plan: ScenePlan): Promise<Buffer> {
  const page = await studio.browser.newPage()
  try {
    await page.goto(studio.url)
    await page.evaluate(`globalThis.studio = (() => { ${studio.script}; return studio })()`)
    const encoded = await page.evaluate(`studio.filmScene(${JSON.stringify(plan)})`)
    if (typeof encoded !== 'string') throw new Error(`The demo studio returned no film of the ${plan.look.room}.`)
    return Buffer.from(encoded, 'base64')
  } finally {
    await page.close()
  }
}
