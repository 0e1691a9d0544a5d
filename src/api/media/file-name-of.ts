import { splitKey } from '../../archive/keys.ts'
import { AppError, type Highlight, type Recording } from '../../protocol/index.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { buildFileName } from './file-name.ts'
import { objectAt } from './media-key.ts'

type Deps = Pick<ApiDependencies, 'highlights' | 'recordings'>

/** The name under which a media key is saved. What nobody named keeps the last part of its key. */
export async function fileNameOf(key: string, { highlights, recordings }: Deps): Promise<string> {
  const { recordingId } = splitKey(key)
  const { highlight: highlightId, recap: recapId } = objectAt(key)?.parts ?? {}
  const extension = key.slice(key.lastIndexOf('.') + 1)
  if (highlightId !== undefined) {
    const highlight = await orNone(highlights.get(highlightId))
    if (highlight) return highlightFileName(highlight, await orNone(recordings.get(recordingId)), extension)
  }
  if (recapId !== undefined) {
    const recap = await orNone(highlights.getRecap(recapId))
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
