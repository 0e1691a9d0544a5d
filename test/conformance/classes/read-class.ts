import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { Stall } from '../../kit/watch/stall-meter.ts'
import { type ClassName, DATA, STORY } from './class-names.ts'
import type { EventfulStory } from './eventful-class.ts'
import type { SteadyStory } from './steady-class.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder of all recorded classes. */
    readonly classes: string
  }
}

interface Stories {
  readonly steady: SteadyStory
  readonly eventful: EventfulStory
}

/** A recorded class: its story and the folders of its recordings. */
export interface RecordedClass<N extends ClassName> {
  readonly story: Stories[N] & { readonly stalls: readonly Stall[] }
  readonly folder: string
  readonly dir: string
  recordingDir(id: string): string
}

/** What the global set-up of the recorded tests recorded, for all its readers: nobody writes there. */
export async function readClass<N extends ClassName>(name: N): Promise<RecordedClass<N>> {
  return await readFrom(name, join(inject('classes'), name))
}

/** A copy for a test that writes into it, or runs a service over it. */
export async function copyClass<N extends ClassName>(name: N): Promise<RecordedClass<N> & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'panorec-class-'))
  await cp(join(inject('classes'), name), folder, { recursive: true })
  const copied = await readFrom(name, folder)
  return { ...copied, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

async function readFrom<N extends ClassName>(name: N, folder: string): Promise<RecordedClass<N>> {
  const story = JSON.parse(
    await readFile(join(folder, STORY), 'utf8').catch(() => {
      throw new Error(`The ${name} class was not recorded: see what the global set-up of the recorded tests said`)
    }),
  ) as RecordedClass<N>['story']
  const recordingDir = (id: string) => join(folder, DATA, 'recordings', id)
  return { story, folder, dir: recordingDir(story.id), recordingDir }
}
