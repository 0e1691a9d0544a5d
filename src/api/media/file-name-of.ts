import { splitKey } from '../../archive/keys.ts'
import { AppError, type Highlight, type Recording } from '../../protocol/index.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { buildFileName } from './file-name.ts'
import { objectAt } from './media-key.ts'

type Deps = Pick<ApiDependencies, 'highlights' | 'recordings'>

/** The file name of a media key, for a download; without a label or a title the last part of the key. */
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

/** The file name of a highlight, for a download. */
export function highlightFileName(highlight: Highlight, recording: Recording | undefined, extension: string): string {
  return buildFileName({ words: [placeOf(recording), highlight.label ?? 'highlight'], at: highlight.at, extension })
}

/** The display name of a recording: `course` of its metadata, else its room. */
export function placeOf(recording: Recording | undefined): string | null {
  return recording?.metadata.course ?? recording?.room ?? null
}

/** Resolves with undefined for an error of status 404: the row may be deleted before its media. */
export async function orNone<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (error instanceof AppError && error.status === 404) return undefined
    throw error
  })
}
