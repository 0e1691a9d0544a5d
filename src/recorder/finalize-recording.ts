import type { ErrorInfo } from '../protocol/index.ts'
import type { SegmentStore } from '../store/index.ts'
import { closeManifest, loadManifest, storeManifest } from './manifest.ts'
import { createPublication, loadSegments } from './publication.ts'

const LOST: ErrorInfo = { code: 'recorder.lost', message: 'The recorder ended without closing its recording' }

/** What of a recording is stored and plays. */
export interface FinalizedRecording {
  readonly durationSec: number
  readonly segments: number
}

/**
 * Closes the playlists and the manifest of a recording whose recorder died, from what the store holds. Doing it twice
 * changes nothing. Only when no recorder of this recording runs. Errors: those of the store.
 */
export async function finalizeRecording(
  store: SegmentStore,
  recordingId: string,
  end: { readonly endedAt?: string; readonly error?: ErrorInfo } = {},
): Promise<FinalizedRecording> {
  const stored = await loadSegments(store, recordingId)
  const segments = stored?.segments ?? []
  if (stored !== undefined) {
    const { targetDurationSec } = stored
    await createPublication({ store, recordingId, targetDurationSec }, segments).publish({ ended: true })
  }
  const manifest = await loadManifest(store, recordingId)
  if (manifest !== undefined && manifest.endedAt === null) {
    const endedAt = end.endedAt ?? new Date().toISOString()
    await storeManifest(store, closeManifest(manifest, { endedAt, error: end.error ?? LOST }, segments))
  }
  return { durationSec: segments.reduce((sum, segment) => sum + segment.durationSec, 0), segments: segments.length }
}
