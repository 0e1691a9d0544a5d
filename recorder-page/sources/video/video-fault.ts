import { AppError } from '../../../src/protocol/app-error.ts'
import { httpError, networkError } from '../driver/source-error.ts'

/** A file that does not answer for this long does not answer. */
const ANSWER_WITHIN_MS = 5000

/** What its player says of a file that does not play. */
export interface VideoFault {
  readonly kind: 'unsupported' | 'broken' | 'slow'
  readonly message: string
}

/**
 * Why a file does not play. A player reports "not supported" both for a missing file and for an unknown codec; a request
 * for the first byte tells them apart.
 */
export async function diagnoseVideo(
  url: string,
  { kind, message }: VideoFault,
  signal: AbortSignal,
): Promise<AppError> {
  const status = await fetch(url, {
    headers: { range: 'bytes=0-0' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
  })
    .then(async (response) => {
      await response.body?.cancel()
      return response.status
    })
    .catch(() => 0)
  if (status === 0) return networkError('video file')
  if (status >= 400) return httpError('video file', status)
  if (kind === 'unsupported')
    return new AppError(
      'source.unsupported-media',
      'Chrome cannot decode the video file. Use MP4 with H.264 and AAC, or WebM.',
      { received: message },
    )
  if (kind === 'broken')
    return new AppError('source.media-error', 'The video file has a part that cannot be decoded. It is loaded again.', {
      received: message,
    })
  return new AppError('source.stalled', 'The video file loads too slowly or not at all. It is loaded again.')
}
