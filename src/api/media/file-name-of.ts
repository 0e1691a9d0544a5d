import { AppError, type Highlight, type Recording } from '../../protocol/index.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { buildFileName } from './file-name.ts'

type Deps = Pick<ApiDependencies, 'highlights' | 'recordings'>

/** The name under which a media key is saved. What nobody named keeps the last part of its key. */
export async function fileNameOf(key: string, { highlights, recordings }: Deps): Promise<string> {
  const [recordingId = '', folder, id = '', ...rest] = key.split('/')
  const extension = key.slice(key.lastIndexOf('.') + 1)
  if (folder === 'highlights' && rest.length === 1) {
    const highlight = await orNone(highlights.get(id))
    if (highlight) return highlightFileName(highlight, await orNone(recordings.get(recordingId)), extension)
  }
  if (folder === 'outputs' && id.startsWith('rcp_')) {
    const recap = await orNone(highlights.getRecap(id.slice(0, id.lastIndexOf('.'))))
    const recording = recap && (await orNone(recordings.get(recordingId)))
    if (recap)
      return buildFileName({ words: [placeOf(recording), recap.title ?? 'recap'], at: recap.createdAt, extension })
  }
  return key.slice(key.lastIndexOf('/') + 1)
}

/** The name under which a file of a highlight is saved. */
export function highlightFileName(highlight: Highlight, recording: Recording | undefined, extension: string): string {
  return buildFileName({ words: [placeOf(recording), highlight.label ?? 'highlight'], at: highlight.at, extension })
}

/** What a recording is called by: its course where its metadata has one, else its room. */
export function placeOf(recording: Recording | undefined): string | null {
  return recording?.metadata.course ?? recording?.room ?? null
}

/** What is gone has no name; its media may be there all the same. */
export async function orNone<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (error instanceof AppError && error.status === 404) return undefined
    throw error
  })
}
